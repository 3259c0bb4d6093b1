"""The sandbox: runs a tenant's bytes and lets them reach nothing of this host.

A *spec* describes one command: its words, environment, the directory that becomes `/app`, its limits. A build step is
*run* to its end; an application is *started*, outlives this process, and is found again by its *identity*. How a command
ended is an *exit*; what this host can enforce, and what not and why, is its *enforcement*.
"""

from thakur.pids import Process
from thakur.sandbox.interface import (
    Bind,
    BubblewrapMissing,
    DeadlineExceeded,
    Enforcement,
    Exit,
    Identity,
    Limits,
    Measure,
    NameTaken,
    NoProgress,
    OnOutput,
    Overlay,
    Sandbox,
    SandboxRefused,
    Spec,
    SpecInvalid,
    UidsExhausted,
    Workspace,
)
from thakur.sandbox.isolation.certificates import certificate_binds
from thakur.sandbox.launch import LocalSandbox
from thakur.sandbox.program import bubblewrap
from thakur.sandbox.users import root_name, server_id, tenant_uid, uid_base

__all__ = [
    "Bind",
    "BubblewrapMissing",
    "DeadlineExceeded",
    "Enforcement",
    "Exit",
    "Identity",
    "Limits",
    "LocalSandbox",
    "Measure",
    "NameTaken",
    "NoProgress",
    "OnOutput",
    "Overlay",
    "Process",
    "Sandbox",
    "SandboxRefused",
    "Spec",
    "SpecInvalid",
    "UidsExhausted",
    "Workspace",
    "bubblewrap",
    "certificate_binds",
    "root_name",
    "server_id",
    "tenant_uid",
    "uid_base",
]
