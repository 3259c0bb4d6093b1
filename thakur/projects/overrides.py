"""Which settings there are and what each may be: pure, for those of a project and those in a repository's file alike."""

import difflib
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from thakur.projects.interface import Overrides, SettingRefused

TEXT_CHARACTERS = 4000
TEXT_SETTINGS = frozenset({"root", "install", "build", "start", "output", "health_path", "runtime"})

Check = Callable[[str, Any], Any]


def overrides_of(values: Mapping[str, Any]) -> Overrides:
    """The settings that the values say, each checked; None says nothing. Raises SettingRefused."""
    return Overrides(**{name: _checked(name, value) for name, value in values.items() if value is not None})


def merged(first: Overrides, second: Overrides) -> Overrides:
    """Both, and where both say something, the first."""
    return msgspec.structs.replace(second, **said(first))


def changed(settings: Overrides, changes: Mapping[str, Any]) -> Overrides:
    """The settings with the changes, of which None unsets. Raises SettingRefused."""
    for name in changes:
        _check_name(name)
    kept = {name: value for name, value in said(settings).items() if name not in changes}
    return merged(overrides_of(changes), Overrides(**kept))


def said(overrides: Overrides) -> dict[str, Any]:
    """Those that say something, by name."""
    return {name: value for name, value in msgspec.structs.asdict(overrides).items() if value is not None}


def _checked(name: str, value: Any) -> Any:
    _check_name(name)
    return _CHECKS[name](name, value)


def _check_name(name: str) -> None:
    if name not in _CHECKS:
        near = difflib.get_close_matches(name, _CHECKS, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise SettingRefused(f"There is no setting {name}", hint=f"{hint}There are: {', '.join(_CHECKS)}.", field=name)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(name, value, "text")
    if "\0" in value or len(value) > TEXT_CHARACTERS:
        raise SettingRefused(
            f"{name} is too long or no text", hint=f"Use up to {TEXT_CHARACTERS} characters.", field=name
        )
    return value.strip()


def _command(name: str, value: Any) -> str:
    return _text(name, value)


def _start(name: str, value: Any) -> str:
    if not (text := _text(name, value)):
        raise _refused(name, value, "a command that starts the server")
    return text


def _directory(name: str, value: Any) -> str:
    text = _text(name, value)
    path = posixpath.normpath(text) if text else ""
    if not path or path.startswith(("/", "..")):
        raise _refused(name, value, "a directory inside the source, such as apps/web")
    return path


def _path(name: str, value: Any) -> str:
    text = _text(name, value)
    if not re.fullmatch(r"/[\x21-\x7e]*", text):
        raise _refused(name, value, "a path such as /up")
    return text


def _one_of(*allowed: str) -> Check:
    def check(name: str, value: Any) -> str:
        if value in allowed:
            return str(value)
        near = difflib.get_close_matches(str(value), allowed, n=1)
        raise _refused(name, value, f"{' or '.join(allowed)}{f'; did you mean {near[0]}?' if near else ''}")

    return check


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, value, "true or false")
    return value


def _number(least: float, most: float, *, is_whole: bool = True) -> Check:
    def check(name: str, value: Any) -> Any:
        is_number = isinstance(value, int) or (isinstance(value, float) and not is_whole)
        if isinstance(value, bool) or not is_number or not least <= value <= most:
            raise _refused(name, value, f"a {'whole ' if is_whole else ''}number from {least:g} to {most:g}")
        return value

    return check


def _refused(name: str, value: Any, allowed: str) -> SettingRefused:
    return SettingRefused(
        f"{name} cannot be {value!r}", hint=f"It may be {allowed}{'' if allowed.endswith('?') else '.'}", field=name
    )


_CHECKS: dict[str, Check] = {
    "root": _directory,
    "install": _command,
    "trust_scripts": _truth,
    "build": _command,
    "start": _start,
    "output": _directory,
    "health_path": _path,
    "runtime": _one_of("bun", "node"),
    "spa_fallback": _truth,
    "memory_mb": _number(32, 1_048_576),
    "cpus": _number(0.1, 256, is_whole=False),
    "processes": _number(16, 32_768),
    "build_memory_mb": _number(128, 1_048_576),
    "build_minutes": _number(1, 240),
}
