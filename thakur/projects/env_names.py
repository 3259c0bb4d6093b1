"""Which env vars a project may have: pure rules of names and values, for the field that they are typed into."""

import re

from thakur.projects.interface import VALUE_BYTES, EnvNameRefused, EnvValueRefused

NAME_CHARACTERS = 255

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LISTENS = "Thakur sets it: an application is told where to listen"
_SYSTEM = "Thakur sets it: every application has its own"
# Set aside by the product, or set by the sandbox over whatever a project says: refused rather than ignored.
RESERVED = {
    "PORT": _LISTENS,
    "HOST": _LISTENS,
    "HOSTNAME": _LISTENS,
    "NITRO_PORT": _LISTENS,
    "NITRO_HOST": _LISTENS,
    "PATH": _SYSTEM,
    "HOME": _SYSTEM,
    "USER": _SYSTEM,
}


def check_env_name(name: str) -> None:
    """Raise EnvNameRefused for a name that no env var may have."""
    if reason := refusal_of_name(name):
        suggested = _suggested(name)
        raise EnvNameRefused(reason, hint=f"Try {suggested}." if suggested else "", field=name[:NAME_CHARACTERS])


def check_env_value(name: str, value: str) -> None:
    """Raise EnvValueRefused for a value that no program can be given. The message holds nothing of it."""
    if "\0" in value:
        raise EnvValueRefused(f"The value of {name} holds a NUL character, which no program can be given", field=name)
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise EnvValueRefused(
            f"The value of {name} is no text", hint="Encode bytes, such as in base64.", field=name
        ) from None
    if size > VALUE_BYTES:
        raise EnvValueRefused(
            f"The value of {name} has {size:,} bytes; an env var has at most {VALUE_BYTES:,}",
            hint="Put files into the repository or a store, and their address into the env var.",
            field=name,
        )


def refusal_of(name: str, value: str) -> str:
    """Why no env var may be that; nothing if one may. It holds nothing of the value."""
    if reason := refusal_of_name(name):
        return reason
    try:
        check_env_value(name, value)
    except EnvValueRefused as error:
        return error.message
    return ""


def refusal_of_name(name: str) -> str:
    """Why no env var may have the name; nothing if one may."""
    if not name:
        return "An env var needs a name"
    if len(name) > NAME_CHARACTERS:
        return f"The name of an env var has at most {NAME_CHARACTERS} characters; this one has {len(name)}"
    if not _NAME.fullmatch(name):
        return f"{name!r} cannot name an env var: use letters, digits and underscores, no digit first"
    if name in RESERVED:
        return f"{name} is reserved. {RESERVED[name]}"
    if name.startswith("LD_"):
        return f"{name} is reserved. Names that begin with LD_ steer the system's loader"
    if name.startswith("THAKUR_"):
        return f"{name} is reserved. Names that begin with THAKUR_ are Thakur's own"
    return ""


def _suggested(name: str) -> str:
    text = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_").upper()
    return text if text != name and not refusal_of_name(text) else ""
