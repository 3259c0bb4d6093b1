import base64
import json
from typing import Any

import pytest

from support.seams import KEY, Courier, LocalCourier, Parcel, Wire
from support.waiting import eventually
from thakur.errors import Malformed, ThakurError, TooLarge, Unauthenticated
from thakur.seam import DeadlineMissed, Key, SeamApp, SeamBroken, mount
from thakur.seam.contract import contract
from thakur.seam.failures import unpack_error
from thakur.seam.frames import Frame, pack_frame
from thakur.seam.interface import ARGUMENTS_BYTES
from thakur.seam.signing import sign

SWAP = contract(Courier)["swap"]
SEND = contract(Courier)["send"]
ARGUMENTS = SWAP.pack({"parcel": Parcel()})


@pytest.fixture
def local() -> LocalCourier:
    return LocalCourier()


@pytest.fixture
def wire(local: LocalCourier) -> Wire:
    return Wire(SeamApp(mount(Courier, local, KEY)))


def signed(path: str = SWAP.path, covered: bytes = ARGUMENTS, key: Key = KEY, **more: str) -> dict[str, str]:
    return {"x-thakur-seam": "1", "x-thakur-signature": sign(key, path, covered)} | {
        f"x-thakur-{name}": value for name, value in more.items()
    }


async def refused(wire: Wire, *args: Any, **kwargs: Any) -> tuple[int, ThakurError]:
    answered = await wire.post(*args, **kwargs)
    assert answered.headers[b"x-thakur-seam"] == b"1"
    return answered.status, unpack_error(answered.body)


async def test_a_signed_call_is_answered(wire: Wire, local: LocalCourier) -> None:
    answered = await wire.post(SWAP.path, signed(), ARGUMENTS)

    assert answered.status == 200
    assert SWAP.unpack_result(answered.body) == [Parcel()]
    assert local.calls == 1


@pytest.mark.parametrize("version", ["", "2"])
async def test_another_version_is_refused(wire: Wire, local: LocalCourier, version: str) -> None:
    status, error = await refused(wire, SWAP.path, signed(seam=version), ARGUMENTS)

    assert (status, type(error)) == (400, Malformed)
    assert "version 1" in error.message
    assert local.calls == 0


async def test_a_wrong_key_is_refused(wire: Wire, local: LocalCourier) -> None:
    status, error = await refused(wire, SWAP.path, signed(key=Key("edge", b"x" * 32)), ARGUMENTS)

    assert (status, type(error)) == (401, Unauthenticated)
    assert local.calls == 0


async def test_a_replayed_call_is_refused(wire: Wire, local: LocalCourier) -> None:
    headers = signed()
    await wire.post(SWAP.path, headers, ARGUMENTS)
    status, _ = await refused(wire, SWAP.path, headers, ARGUMENTS)

    assert status == 401
    assert local.calls == 1


async def test_other_arguments_than_the_signed_ones_are_refused(wire: Wire, local: LocalCourier) -> None:
    status, _ = await refused(wire, SWAP.path, signed(), SWAP.pack({"parcel": Parcel(text="more")}))
    other, _ = await refused(wire, SEND.path, signed(SEND.path, SEND.pack({"digest": "0"}), arguments="kA=="))

    assert (status, other) == (401, 401)
    assert (local.calls, local.kept) == (0, [])


async def test_each_protocol_has_keys_of_its_own(local: LocalCourier) -> None:
    worker = Key("worker", b"w" * 32)
    wire = Wire(SeamApp(mount(Courier, local, worker, KEY)))
    closed = Wire(SeamApp(mount(Courier, local, worker)))

    assert (await wire.post(SWAP.path, signed(), ARGUMENTS)).status == 200
    assert (await wire.post(SWAP.path, signed(key=worker), ARGUMENTS)).status == 200
    assert (await closed.post(SWAP.path, signed(), ARGUMENTS)).status == 401


@pytest.mark.parametrize(("path", "method"), [("/internal/courier/steal", "POST"), ("/", "POST"), (SWAP.path, "GET")])
async def test_there_is_nothing_but_the_calls(wire: Wire, path: str, method: str) -> None:
    status, error = await refused(wire, path, signed(path), ARGUMENTS, method=method)

    assert (status, type(error)) == (503, SeamBroken)


async def test_arguments_that_cannot_be_read_are_malformed(wire: Wire, local: LocalCourier) -> None:
    for raw in (b"", b"\xc1", json.dumps({"parcel": 1}).encode(), SWAP.pack({"parcel": 7})):
        status, error = await refused(wire, SWAP.path, signed(covered=raw), raw)
        assert (status, type(error)) == (400, Malformed)
    status, _ = await refused(wire, SEND.path, signed(SEND.path, b"", arguments="no base64"))

    assert status == 400
    assert local.calls == 0


async def test_too_many_bytes_are_refused_said_or_not(wire: Wire) -> None:
    raw = bytes(ARGUMENTS_BYTES + 1)
    said = signed(covered=raw) | {"content-length": str(len(raw))}

    assert (await refused(wire, SWAP.path, said))[0] == 413
    status, error = await refused(wire, SWAP.path, signed(covered=raw), raw)
    assert (status, type(error)) == (413, TooLarge)


async def test_the_callers_deadline_ends_the_implementation(wire: Wire, local: LocalCourier) -> None:
    wait = contract(Courier)["wait"]
    status, error = await refused(wire, wait.path, signed(wait.path, wait.pack({}), deadline="0.02"), wait.pack({}))

    assert (status, type(error)) == (504, DeadlineMissed)
    assert local.canceled == 1


async def test_a_deadline_that_is_no_number_is_malformed(wire: Wire) -> None:
    status, _ = await refused(wire, SWAP.path, signed(deadline="soon"), ARGUMENTS)

    assert status == 400


async def test_an_upload_without_a_body_is_empty(wire: Wire) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    arguments = SEND.pack({"digest": empty})
    headers = signed(SEND.path, arguments, arguments=base64.b64encode(arguments).decode())

    assert SEND.unpack_result((await wire.post(SEND.path, headers)).body) == 0


async def test_nothing_runs_on_after_an_answer(local: LocalCourier) -> None:
    app = SeamApp(mount(Courier, local, KEY))
    follow = contract(Courier)["follow"]
    arguments = follow.pack({"up_to": 2})

    answered = await Wire(app).post(follow.path, signed(follow.path, arguments), arguments)
    await Wire(app).post(SWAP.path, signed(), ARGUMENTS)

    assert answered.body.endswith(pack_frame(Frame.END))
    await eventually(lambda: len(app._tasks) == 0)
