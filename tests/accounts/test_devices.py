"""Tests of commands that ask to be let in."""

import pytest
from sqlalchemy import text

from support.accounts_house import House
from thakur.accounts import AttemptsExhausted, DeviceNotFound, DeviceRefused, Role, TokenScope
from thakur.accounts.attempts import OF_ADDRESS
from thakur.accounts.devices import MOST_WAITING

THERE = "198.51.100.4"


async def test_a_command_is_let_in_once_by_whoever_confirms_its_code(house: House):
    owner = await house.owner()
    asked = await house.devices.ask("laptop", THERE)
    assert await house.devices.collect(asked.secret, THERE) is None

    shown = await house.devices.look(owner, asked.code.lower().replace("-", " "))
    await house.devices.allow(owner, asked.code)
    made = await house.devices.collect(asked.secret, THERE)

    assert (shown.name, shown.address) == ("laptop", THERE)
    assert made is not None
    assert (made.token.name, made.token.scope) == ("ada-laptop", TokenScope.ALL)
    assert (await house.tokens.principal(made.secret, THERE)).user_id == owner.user_id
    with pytest.raises(DeviceNotFound):
        await house.devices.collect(asked.secret, THERE)


async def test_the_same_command_has_one_token_however_often_it_asks(house: House):
    owner = await house.owner()
    for _ in range(2):
        asked = await house.devices.ask("laptop", THERE)
        await house.devices.allow(owner, asked.code)
        await house.devices.collect(asked.secret, THERE)

    assert [one.name for one in await house.tokens.list(owner)] == ["ada-laptop"]


async def test_a_refused_command_stays_out(house: House):
    owner = await house.owner()
    asked = await house.devices.ask("laptop", THERE)

    await house.devices.refuse(owner, asked.code)

    with pytest.raises(DeviceRefused):
        await house.devices.collect(asked.secret, THERE)
    with pytest.raises(DeviceNotFound):
        await house.devices.allow(owner, asked.code)


async def test_a_code_is_of_no_use_after_ten_minutes(house: House):
    owner = await house.owner()
    asked = await house.devices.ask("laptop", THERE)
    async with house.db.session() as session:
        await session.execute(text("UPDATE devices SET expires_at = expires_at - interval '10 minutes'"))

    for call in (house.devices.look(owner, asked.code), house.devices.allow(owner, asked.code)):
        with pytest.raises(DeviceNotFound):
            await call
    with pytest.raises(DeviceNotFound):
        await house.devices.collect(asked.secret, THERE)


async def test_whoever_has_left_the_team_meanwhile_lets_nobody_in(house: House):
    owner = await house.owner()
    ben = await house.joined(owner, "ben", Role.MEMBER)
    asked = await house.devices.ask("laptop", THERE)
    await house.devices.allow(ben, asked.code)
    await house.teams.remove(owner, "default", "ben")

    with pytest.raises(DeviceRefused):
        await house.devices.collect(asked.secret, THERE)


async def test_codes_are_guessed_at_a_few_times_only(house: House):
    owner = await house.owner()
    asked = await house.devices.ask("laptop", THERE)
    for _ in range(OF_ADDRESS):
        with pytest.raises(DeviceNotFound):
            await house.devices.look(owner, "BBBB-BBBB")

    with pytest.raises(AttemptsExhausted):
        await house.devices.allow(owner, asked.code)


async def test_only_so_many_wait_at_a_time(house: House):
    for _ in range(MOST_WAITING):
        await house.devices.ask("laptop", THERE)

    with pytest.raises(AttemptsExhausted):
        await house.devices.ask("laptop", THERE)
