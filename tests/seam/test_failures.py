import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from support.seams import ERRORS, ParcelDamaged, ParcelLost
from thakur import errors
from thakur.errors import NotFound, ThakurError, Unavailable
from thakur.seam.failures import pack_error, unpack_error

INTERFACES = "accounts api builds cli db logs projects proxy runtime sandbox stores seam"


def family(error: type[ThakurError]) -> Iterator[type[ThakurError]]:
    yield error
    for child in error.__subclasses__():
        yield from family(child)


@pytest.mark.parametrize("name", [name for name in ERRORS if name != "bug"])
def test_an_error_is_the_same_again(name: str) -> None:
    error = ERRORS[name]
    assert isinstance(error, ThakurError)

    again = unpack_error(pack_error(error))

    assert type(again) is type(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize("kind", [error for error in family(ThakurError) if error.__module__ == errors.__name__])
def test_every_kind_crosses(kind: type[ThakurError]) -> None:
    again = unpack_error(pack_error(kind("What", hint="next", field="name")))

    assert type(again) is kind
    assert (again.message, again.hint, again.field) == ("What", "next", "name")


def test_a_code_that_is_unknown_here_becomes_its_kind() -> None:
    told = msgspec.msgpack.decode(pack_error(ParcelLost("Gone", hint="Look", field="id")))
    again = unpack_error(msgspec.msgpack.encode(told | {"code": "of_a_later_version"}))

    assert type(again) is NotFound
    assert vars(again) == {"message": "Gone", "hint": "Look", "field": "id"}


def test_an_unknown_error_with_data_keeps_its_text() -> None:
    told = msgspec.msgpack.decode(pack_error(ERRORS["damaged"]))  # type: ignore[arg-type]
    again = unpack_error(msgspec.msgpack.encode(told | {"code": "of_a_later_version", "status": 503}))

    assert type(again) is Unavailable
    assert again.message == "2 places are damaged"


@pytest.mark.parametrize("raw", [b"", b"<html>", msgspec.msgpack.encode({"code": ParcelDamaged.code})])
def test_what_is_no_error_is_not_taken_for_one(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_error(raw)


def test_data_that_do_not_fit_are_refused() -> None:
    told = msgspec.msgpack.decode(pack_error(ERRORS["damaged"]))  # type: ignore[arg-type]
    with pytest.raises(msgspec.ValidationError):
        unpack_error(msgspec.msgpack.encode(told | {"arguments": {"places": 7}}))


def test_no_two_errors_share_a_code() -> None:
    program = f"""
import importlib
for room in {INTERFACES.split()}: importlib.import_module(f"thakur.{{room}}.interface")
import thakur.queue, thakur.security, thakur.settings
from thakur.errors import ThakurError
def family(error):
    yield error
    for child in error.__subclasses__(): yield from family(child)
print(*(error.code for error in family(ThakurError)))
"""
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    codes = told.split()
    assert len(codes) > 30
    assert [code for code, count in Counter(codes).items() if count > 1] == []
