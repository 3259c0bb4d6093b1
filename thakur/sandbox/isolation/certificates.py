"""The certificates that this host wants trusted, where variables name files outside the system's directories."""

from collections.abc import Mapping
from pathlib import Path

from thakur.sandbox.interface import Bind
from thakur.sandbox.isolation.argv import SYSTEM_FILES

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")


def certificate_binds(passed: Mapping[str, str]) -> tuple[Bind, ...]:
    """The binds that make the operator's variables true inside.

    `passed` is the operator's own environment, never a tenant's: a tenant could name any file of this host.
    """
    named = [path for name in VARIABLES for path in passed.get(name, "").split(":")]
    return tuple(Bind(path, path) for path in dict.fromkeys(named) if _is_outside(path) and Path(path).exists())


def _is_outside(path: str) -> bool:
    return (
        len(Path(path).parts) > 1
        and path.startswith("/")
        and not any(Path(path).is_relative_to(shown) for shown in ("/usr", *SYSTEM_FILES))
    )
