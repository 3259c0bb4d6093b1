"""Payloads of the *events* that the stand-in emits."""

from thakur.fakegithub.events.apps import ping_event
from thakur.fakegithub.events.checks import check_run_event, check_suite_event, status_event
from thakur.fakegithub.events.installations import installation_event
from thakur.fakegithub.events.pulls import pull_event
from thakur.fakegithub.events.pushes import push_event, ref_event
from thakur.fakegithub.events.repositories import repository_event

__all__ = [
    "check_run_event",
    "check_suite_event",
    "installation_event",
    "ping_event",
    "pull_event",
    "push_event",
    "ref_event",
    "repository_event",
    "status_event",
]
