from collections.abc import AsyncIterator
from typing import Any, Protocol

import msgspec
import pytest

from support.seams import SHORT_SECONDS, Courier, Parcel
from thakur.builds import ArtifactStore
from thakur.logs import LogSink
from thakur.runtime import Assignments, Edge
from thakur.seam import CALL_SECONDS, UPLOAD_SECONDS, deadline, idempotent
from thakur.seam.contract import Kind, contract


def test_a_method_is_what_its_annotations_say() -> None:
    methods = contract(Courier)

    assert {name: method.kind for name, method in methods.items() if method.kind is not Kind.UNARY} == {
        "follow": Kind.DOWNLOAD,
        "fetch": Kind.DOWNLOAD,
        "flood": Kind.DOWNLOAD,
        "send": Kind.UPLOAD,
        "refuse": Kind.UPLOAD,
    }
    assert methods["swap"].path == "/internal/courier/swap"
    assert methods["send"].body == "body"
    assert methods["send"].arguments.__struct_fields__ == ("digest",)


def test_marks_say_what_may_be_repeated_and_how_long_it_may_take() -> None:
    methods = contract(Courier)

    assert methods["swap"].is_idempotent
    assert not methods["fail"].is_idempotent
    assert methods["swap"].deadline_seconds == CALL_SECONDS
    assert methods["hurry"].deadline_seconds == SHORT_SECONDS
    assert methods["send"].deadline_seconds == UPLOAD_SECONDS
    assert methods["follow"].deadline_seconds is None


def test_a_mark_on_the_protocol_is_for_all_of_it() -> None:
    @idempotent
    @deadline(7.0)
    class Marked(Protocol):
        async def one(self) -> None:
            """Has no mark."""

        @deadline(8.0)
        async def other(self) -> None:
            """Has one."""

    methods = contract(Marked)

    assert [method.is_idempotent for method in methods.values()] == [True, True]
    assert [method.deadline_seconds for method in methods.values()] == [7.0, 8.0]


def test_arguments_that_are_left_out_take_their_defaults_on_the_other_side() -> None:
    swap = contract(Courier)["swap"]

    assert swap.unpack(swap.pack({"parcel": Parcel()})) == {"parcel": Parcel(), "times": 1, "note": None}
    with pytest.raises(msgspec.ValidationError, match="times"):
        swap.unpack(msgspec.msgpack.encode({"parcel": Parcel(), "times": "two"}))


def test_an_argument_of_a_later_version_is_passed_over() -> None:
    swap = contract(Courier)["swap"]

    assert swap.unpack(msgspec.msgpack.encode({"parcel": Parcel(), "later": 1}))["times"] == 1


@pytest.mark.parametrize("protocol", [Edge, Assignments, LogSink, ArtifactStore])
def test_what_crosses_between_roles_is_made_of_types_that_can(protocol: type) -> None:
    methods = contract(protocol)

    assert methods
    for method in methods.values():
        assert method.is_idempotent, method.path
        told = str(msgspec.inspect.multi_type_info([method.arguments, method.result]))
        assert "CustomType" not in told
        assert "AnyType" not in told


def test_paths_are_words() -> None:
    assert contract(LogSink)["store"].path == "/internal/log-sink/store"


class Plain(Protocol):
    def name(self) -> str:
        """Answers at once, which nothing across a seam can."""


class Loose(Protocol):
    async def say(self, *words: str) -> None:
        """Takes words without a name."""


class Duplex(Protocol):
    async def talk(self, words: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Streams both ways."""


class Coroutine(Protocol):
    async def lines(self) -> AsyncIterator[bytes]:
        """Has to be awaited before it can be iterated."""


@pytest.mark.parametrize("protocol", [Plain, Loose, Duplex, Coroutine])
def test_what_cannot_cross_is_refused(protocol: Any) -> None:
    with pytest.raises(TypeError, match=protocol.__name__):
        contract(protocol)
