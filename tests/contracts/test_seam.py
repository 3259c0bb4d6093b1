"""The seam keeps a Protocol's promises: the same body, in-process and over a real listener."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.seams import ERRORS, Courier, LocalCourier, Parcel, ParcelDamaged, reached
from support.waiting import eventually
from thakur.builds import BuildFailed
from thakur.errors import Conflict, Invalid, ThakurError
from thakur.runtime import DeploymentRefused
from thakur.seam import PeerFailed

MEGABYTE = bytes(range(256)) * 4096
SIZE = 100


@pytest.fixture
def local() -> LocalCourier:
    return LocalCourier()


@pytest.fixture(params=["local", "remote"])
async def courier(request: pytest.FixtureRequest, local: LocalCourier, tmp_path: Path) -> AsyncIterator[Courier]:
    async with reached(request.param, Courier, local, tmp_path) as courier:
        yield courier


async def test_values_arrive_as_they_left(courier: Courier) -> None:
    parcel = Parcel(env={"A": "ü"}, by_id={7: Parcel(kind="large"), 8: None})

    assert await courier.swap(parcel) == [parcel]
    assert await courier.swap(parcel, 2, note="x") == [Parcel(text="x", env=parcel.env, by_id=parcel.by_id)] * 2
    assert await courier.swap(times=0, parcel=parcel) == []


async def test_arguments_of_some_megabytes_cross(courier: Courier) -> None:
    parcel = Parcel(data=MEGABYTE * 5)

    assert await courier.swap(parcel) == [parcel]


async def test_a_wrong_call_is_a_type_error_on_this_side(courier: Courier, local: LocalCourier) -> None:
    with pytest.raises(TypeError):
        await courier.swap(sauce="brown")  # type: ignore[call-arg]
    assert local.calls == 0


@pytest.mark.parametrize("name", ["lost", "damaged", "refused", "build", "invalid"])
async def test_an_error_arrives_as_what_it_is(courier: Courier, name: str) -> None:
    with pytest.raises(ThakurError) as raised:
        await courier.fail(name)

    expected: Any = ERRORS[name]
    assert type(raised.value) is type(expected)
    assert vars(raised.value) == vars(expected)
    assert str(raised.value) == str(expected)


async def test_errors_with_data_bring_their_data(courier: Courier) -> None:
    with pytest.raises(ParcelDamaged) as damaged:
        await courier.fail("damaged")
    with pytest.raises(DeploymentRefused) as refused:
        await courier.fail("refused")
    with pytest.raises(BuildFailed) as failed:
        await courier.fail("build")

    assert (damaged.value.parcel.text, damaged.value.places) == ("egg", ("top", "side"))
    assert (refused.value.failure.why, refused.value.output) == ("It said so.", ("line 1", "line 2"))
    assert failed.value.failure == refused.value.failure


async def test_a_stream_ends_where_it_ends(courier: Courier) -> None:
    assert [parcel.text async for parcel in courier.follow(3)] == ["0", "1", "2"]
    assert [parcel async for parcel in courier.follow(0)] == []


async def test_a_stream_fails_behind_its_last_item(courier: Courier) -> None:
    stream = courier.follow(2, "invalid")
    assert [(await anext(stream)).text, (await anext(stream)).text] == ["0", "1"]
    with pytest.raises(Invalid) as invalid:
        await anext(stream)

    assert invalid.value.field == "size"
    with pytest.raises(Conflict):
        await anext(courier.follow(0, "damaged"))


async def test_bytes_stream_in_the_chunks_that_were_given(courier: Courier) -> None:
    chunks = (b"a", b"", MEGABYTE, b"b" * 70_000)

    assert tuple([chunk async for chunk in courier.fetch(chunks)]) == chunks


async def test_closing_a_stream_reaches_the_implementation(courier: Courier, local: LocalCourier) -> None:
    stream: Any = courier.follow(1, "wait")
    await anext(stream)
    following = asyncio.ensure_future(anext(stream))
    await eventually(lambda: local.waiting == 1)
    following.cancel()
    await asyncio.wait([following])
    await stream.aclose()

    await eventually(lambda: local.canceled == 1)


async def test_leaving_a_stream_between_two_items_closes_it(courier: Courier, local: LocalCourier) -> None:
    stream: Any = courier.flood()
    await anext(stream)
    await stream.aclose()

    await eventually(lambda: local.canceled == 1)


async def test_a_slow_reader_holds_the_writer_back(courier: Courier, local: LocalCourier) -> None:
    stream: Any = courier.flood()
    for _ in range(50):
        await anext(stream)
        await asyncio.sleep(0)

    assert local.flooded <= 80
    await stream.aclose()
    await eventually(lambda: local.canceled == 1)


async def test_cancelling_a_call_reaches_the_implementation(courier: Courier, local: LocalCourier) -> None:
    call = asyncio.ensure_future(courier.wait())
    await eventually(lambda: local.waiting == 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await eventually(lambda: local.canceled == 1)
    assert local.calls == 1


async def test_a_hundred_megabytes_go_up_and_are_what_they_were(courier: Courier) -> None:
    digest = hashlib.sha256(MEGABYTE * SIZE).hexdigest()
    began = time.perf_counter()

    assert await courier.send(_pieces(SIZE), digest=digest) == SIZE * len(MEGABYTE)
    print(f"upload of 105 MB in {time.perf_counter() - began:.2f} s")


async def test_an_empty_chunk_is_no_end(courier: Courier) -> None:
    async def with_a_hole() -> AsyncIterator[bytes]:
        for chunk in (b"a", b"", b"b"):
            yield chunk

    assert await courier.send(with_a_hole(), digest=hashlib.sha256(b"ab").hexdigest()) == 2


async def test_an_upload_that_is_refused_fails_as_what_it_is(courier: Courier) -> None:
    with pytest.raises(Conflict, match="something else"):
        await courier.send(_pieces(1), digest="0")
    with pytest.raises(ParcelDamaged):
        await courier.refuse("damaged", _pieces(SIZE))
    assert await courier.count()


async def test_an_upload_that_breaks_off_is_not_taken_for_whole(courier: Courier, local: LocalCourier) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield MEGABYTE
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        await courier.send(broken(), digest=hashlib.sha256(MEGABYTE).hexdigest())

    await eventually(lambda: local.cuts)
    assert local.kept == []


async def test_many_calls_run_side_by_side(courier: Courier, local: LocalCourier) -> None:
    waiting = [asyncio.ensure_future(courier.wait()) for _ in range(50)]
    await eventually(lambda: local.waiting == 50)

    assert len(await asyncio.gather(*(courier.swap(Parcel()) for _ in range(50)))) == 50
    for call in waiting:
        call.cancel()
    await asyncio.wait(waiting)
    await eventually(lambda: local.canceled == 50)


@pytest.mark.parametrize("way", ["local", "remote"])
async def test_latency_is_told(way: str, local: LocalCourier, tmp_path: Path) -> None:
    parcel = Parcel()
    seconds = []
    async with reached(way, Courier, local, tmp_path) as courier:
        for _ in range(500):
            began = time.perf_counter()
            await courier.swap(parcel)
            seconds.append(time.perf_counter() - began)

    seconds.sort()
    print(f"{way}: p50 {1e3 * seconds[250]:.3f} ms, p99 {1e3 * seconds[495]:.3f} ms")


async def test_a_bug_is_logged_there_and_told_here(
    local: LocalCourier, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with reached("remote", Courier, local, tmp_path) as courier:
        with pytest.raises(PeerFailed) as unary:
            await courier.fail("bug")
        with pytest.raises(PeerFailed) as stream:
            _ = [parcel async for parcel in courier.follow(1, "bug")]

    reports = [record.__dict__["report"] for record in caplog.records if record.message == "call failed"]
    assert len(reports) == 2
    assert all(report in error.value.hint for report, error in zip(reports, (unary, stream), strict=True))
    assert "division" not in unary.value.message
    assert local.calls == 2


async def _pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield MEGABYTE
