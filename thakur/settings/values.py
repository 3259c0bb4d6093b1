"""Values of variables: each read, checked, and refused with what would be right."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from thakur.errors import ThakurError

_HOST = r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
GIT_SCHEMES = ("https", "http", "file")
_GIT_HOST = re.compile(r"(?:\*\.)?(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*|[0-9a-f]*:[0-9a-f:.]+")


class SettingInvalid(ThakurError):
    """A variable has a value that cannot be used; the message names it, its value and what would be right."""

    code = "setting_invalid"
    status = 500


@dataclass(frozen=True, slots=True)
class Address:
    """A TCP address to listen on."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.host).is_loopback

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_dotenv(path: Path) -> dict[str, str]:
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingInvalid(f"{path} cannot be read: {error}") from error
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip().removeprefix("export "): value.strip().strip("'\"") for name, value in pairs}


def read_data_dir(found: Mapping[str, str]) -> Path:
    default = "/var/lib/thakur" if os.geteuid() == 0 else str(Path.home() / ".local/share/thakur")
    path = Path(found.get("THAKUR_DATA_DIR") or default).expanduser()
    if not path.is_absolute():
        path = Path.cwd() / path
    hint = "Name one that this user may write or make, such as: THAKUR_DATA_DIR=~/thakur thakur serve"
    try:
        is_something_else = path.exists() and not path.is_dir()
    except OSError as error:
        raise SettingInvalid(f"THAKUR_DATA_DIR={path} cannot be used: {error.strerror}", hint=hint) from error
    if is_something_else:
        raise SettingInvalid(f"THAKUR_DATA_DIR={path} is not a directory", hint=hint)
    return path


def read_address(found: Mapping[str, str], name: str, default: str) -> Address:
    value = found.get(name) or default
    host, colon, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "0.0.0.0"
    try:
        ipaddress.ip_address(host)
        number = int(port)
    except ValueError:
        number = -1
    if not colon or not 0 <= number <= 65535:
        raise SettingInvalid(f"{name}={value} is no address", hint=f"Write an IP and a port, such as {default}.")
    return Address(host, number)


def read_base_domain(found: Mapping[str, str]) -> str:
    value = (found.get("THAKUR_BASE_DOMAIN") or "localhost").strip().lower().rstrip(".")
    if not re.fullmatch(_HOST, value) or len(value) > 180:
        raise SettingInvalid(
            f"THAKUR_BASE_DOMAIN={value} is no domain name",
            hint="Write the domain below which projects appear, such as apps.example.com.",
        )
    return value


def read_public_url(found: Mapping[str, str]) -> str | None:
    value = (found.get("THAKUR_PUBLIC_URL") or "").strip().rstrip("/").lower()
    if not value:
        return None
    parts = urlsplit(value)
    try:
        is_right = parts.scheme in ("http", "https") and re.fullmatch(_HOST, parts.hostname or "") is not None
        port = parts.port
    except ValueError:
        is_right, port = False, None
    bare = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
    if not is_right or value != bare:
        raise SettingInvalid(
            f"THAKUR_PUBLIC_URL={value} is not the address of a dashboard",
            hint="Write a scheme and a host name and nothing else, such as https://deploy.example.com.",
        )
    return bare


def is_loopback(host: str) -> bool:
    """Whether the name or address leads nowhere but to this host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def read_choice(found: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of the words, of which the first is meant when nothing is said."""
    value = (found.get(name) or choices[0]).strip().lower()
    if value not in choices:
        raise SettingInvalid(f"{name}={value} is not known", hint=f"Write one of: {', '.join(choices)}.")
    return value


def read_networks(found: Mapping[str, str], name: str) -> tuple[Network, ...]:
    words = (found.get(name) or "").replace(",", " ").split()
    try:
        return tuple(ipaddress.ip_network(word, strict=False) for word in words)
    except ValueError as error:
        raise SettingInvalid(
            f"{name}={found[name]} names something that is no address",
            hint="Write addresses or networks with commas between them, such as 10.0.0.5, 10.1.0.0/16.",
        ) from error


def read_url(found: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = found.get(name)
    if not value:
        return None
    # The value may hold a password: only its scheme is shown.
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        hint = f"Write {schemes[0]}://USER:PASSWORD@HOST:PORT/NAME, and %XX for what is special in a password."
        raise SettingInvalid(f"{name} cannot be read: its host or port is none", hint=hint) from error
    if parts.scheme not in schemes:
        raise SettingInvalid(
            f"{name} begins with {parts.scheme or 'no scheme'}", hint=f"Use one of: {', '.join(schemes)}."
        )
    return value


def read_git_schemes(found: Mapping[str, str]) -> tuple[str, ...]:
    value = found.get("THAKUR_GIT_SCHEMES") or "https"
    schemes = _words(value)
    if not schemes or not set(schemes) <= set(GIT_SCHEMES):
        raise SettingInvalid(
            f"THAKUR_GIT_SCHEMES={value} names a scheme that git is not read by",
            hint=f"Write some of {', '.join(GIT_SCHEMES)}, with commas between them.",
        )
    return schemes


def read_git_hosts(found: Mapping[str, str]) -> tuple[str, ...]:
    value = found.get("THAKUR_GIT_HOSTS") or "public"
    hosts = tuple(host.strip("[]") for host in _words(value))
    if not hosts or not all(_GIT_HOST.fullmatch(host) for host in hosts):
        raise SettingInvalid(
            f"THAKUR_GIT_HOSTS={value} is no list of hosts",
            hint="Write names or addresses without ports, with commas between them: public,git.example.com,*.corp.example.",
        )
    return hosts


def _words(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip().lower() for word in value.split(",") if word.strip()))


def read_path(found: Mapping[str, str], name: str) -> Path | None:
    value = found.get(name)
    return Path(value).expanduser().absolute() if value else None


def read_program(found: Mapping[str, str], name: str) -> Path | None:
    path = read_path(found, name)
    if path is not None and not os.access(path, os.X_OK):
        raise SettingInvalid(f"{name}={path} is not a program that can be run", hint="Name an executable file.")
    return path
