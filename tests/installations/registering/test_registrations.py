"""From the dashboard to GitHub and back: only what was begun here, by whom, within an hour, and once."""

import json
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from sqlalchemy import select, text

from support.github import manifest_code
from thakur.accounts import ActionForbidden, Role
from thakur.github import CodeUnusable, GitHubUnavailable, SiteRefused
from thakur.installations import AppRefused, InstallationRefused, RegistrationAsked, StateRefused
from thakur.installations.models import AppRow, DepartureRow


def state_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


@pytest.fixture
async def ours(rooms):
    return await rooms.principal()


@pytest.fixture
def asked(house):
    return RegistrationAsked(url=house.github.url)


async def leave(rooms, principal, asked) -> str:
    return state_in((await rooms.registrations.begin(principal, asked)).action)


async def test_an_app_that_is_made_is_kept_sealed_and_led_on_to_its_installation(rooms, house, ours, asked, db) -> None:
    begun = await rooms.registrations.begin(ours, asked)
    made = house.github.add_app("thakur-made", json.loads(begun.manifest)["hook_attributes"]["url"])

    registered = await rooms.registrations.finish(ours, manifest_code(house.github, made), state_in(begun.action))

    assert begun.action.startswith(f"{house.github.url}/settings/apps/new?state=")
    assert (registered.app.slug, registered.app.owner, registered.app.trouble) == ("thakur-made", "ada", "")
    assert registered.app.hook_url == made.hook_url
    assert registered.install_url.startswith(f"{house.github.url}/apps/thakur-made/installations/new?state=")
    assert [each.secret.decode() for each in await rooms.apps.secrets()] == [made.webhook_secret]
    async with db.session() as session:
        row = await session.scalar(select(AppRow))
        (departure, *_) = await session.scalars(select(DepartureRow))
    sealed = row.client_secret + row.private_key + row.webhook_secret
    secrets = (made.client_secret, made.webhook_secret, "BEGIN")
    assert not [each for each in secrets if each.encode() in sealed]
    assert state_in(begun.action).encode() not in departure.hash
    assert made.client_secret not in repr(registered)


async def test_a_state_comes_back_once_within_an_hour_in_the_session_that_left(rooms, house, ours, asked, db) -> None:
    code = manifest_code(house.github, house.fake_app)
    used, old, others = [await leave(rooms, ours, asked) for _ in range(3)]
    await rooms.registrations.finish(ours, code, used)
    async with db.session() as session:
        late = update_of(old)
        await session.execute(late)
    stranger = msgspec.structs.replace(ours, user_id=await a_user(db))

    for principal, state in ((ours, used), (ours, old), (stranger, others), (ours, "nonsense"), (ours, "")):
        with pytest.raises(StateRefused) as refused:
            await rooms.registrations.finish(principal, manifest_code(house.github, house.fake_app), state)
        assert refused.value.hint
    assert len(await rooms.apps.list(ours)) == 1


async def test_a_code_counts_once_and_its_reuse_is_told_kindly(rooms, house, ours, asked) -> None:
    code = manifest_code(house.github, house.fake_app)
    await rooms.registrations.finish(ours, code, await leave(rooms, ours, asked))

    for again in (code, "nonsense", "../../app", ""):
        with pytest.raises(CodeUnusable, match="already") as refused:
            await rooms.registrations.finish(ours, again, await leave(rooms, ours, asked))
        assert "connect again" in refused.value.hint


async def test_when_github_is_away_the_same_address_works_once_more(rooms, house, ours, asked) -> None:
    code, state = manifest_code(house.github, house.fake_app), await leave(rooms, ours, asked)
    house.github.fail("/conversions", times=3, status=502)

    with pytest.raises(GitHubUnavailable):
        await rooms.registrations.finish(ours, code, state)
    assert (await rooms.registrations.finish(ours, code, state)).app.slug == "thakur"


async def test_an_app_without_a_secret_for_its_webhook_is_given_one(rooms, house, ours, asked) -> None:
    silent = house.github.add_app("silent", "", webhook_secret=None)

    await rooms.registrations.finish(ours, manifest_code(house.github, silent), await leave(rooms, ours, asked))

    (secret,) = await rooms.apps.secrets()
    assert len(secret.secret) == 64


async def test_an_installation_is_taken_only_if_the_app_has_it(rooms, house, ours) -> None:
    other = house.github.add_app("another")
    foreign = house.github.install(other, "eve")
    await rooms.add_app(ours)
    left = [state_in(await rooms.registrations.install(ours, house.fake_app.id)) for _ in range(3)]

    with pytest.raises(InstallationRefused, match=str(foreign.id)):
        await rooms.registrations.installed(ours, foreign.id, left[0])
    with pytest.raises(StateRefused):
        await rooms.registrations.installed(ours, house.installation.id, left[0])
    app = await rooms.registrations.installed(ours, house.installation.id, left[1])

    assert [(each.account, each.status, each.repositories) for each in app.installations] == [("ada", "active", 1)]
    with pytest.raises(StateRefused):
        # A state of the one way is none of the other.
        await rooms.registrations.finish(ours, manifest_code(house.github, house.fake_app), left[2])


@pytest.mark.parametrize("is_told_first", [True, False])
async def test_an_installation_is_one_whether_the_event_or_the_browser_comes_first(
    rooms, house, ours, is_told_first
) -> None:
    await rooms.add_app(ours)
    made = house.github.install(house.fake_app, "grace", await house.github.add_repository("grace/blog"))
    state = state_in(await rooms.registrations.install(ours, house.fake_app.id))
    event = json.dumps({"action": "created", "installation": {"id": made.id}}).encode()

    async def told() -> None:
        await rooms.deliver("installation", event, "one")
        await rooms.jobs.drain()

    if is_told_first:
        await told()
    app = await rooms.registrations.installed(ours, made.id, state)
    if not is_told_first:
        await told()

    assert [(each.account, each.repositories) for each in app.installations] == [("ada", 1), ("grace", 1)]
    assert app.installations == (await rooms.apps.list(ours))[0].installations


@pytest.mark.parametrize(
    ("asked", "refusal", "field"),
    [
        (RegistrationAsked(url="http://git.example.com"), SiteRefused, "url"),
        (RegistrationAsked(url="javascript:alert(1)"), SiteRefused, "url"),
        (RegistrationAsked(url="https://git.example.com/apps"), SiteRefused, "url"),
        (RegistrationAsked(organization="../settings"), AppRefused, "organization"),
        (RegistrationAsked(organization="a b"), AppRefused, "organization"),
    ],
)
async def test_nobody_is_led_to_what_is_no_github(rooms, ours, asked, refusal, field) -> None:
    with pytest.raises(refusal) as refused:
        await rooms.registrations.begin(ours, asked)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("asked", "action", "api_url"),
    [
        (RegistrationAsked(), "https://github.com/settings/apps/new", "https://api.github.com"),
        (
            RegistrationAsked(url="acme.ghe.com", organization="acme"),
            "https://acme.ghe.com/organizations/acme/settings/apps/new",
            "https://api.acme.ghe.com",
        ),
        (
            RegistrationAsked(url="https://git.example.com/"),
            "https://git.example.com/settings/apps/new",
            "https://git.example.com/api/v3",
        ),
    ],
)
async def test_every_github_has_its_own_address(rooms, ours, asked, action, api_url) -> None:
    begun = await rooms.registrations.begin(ours, asked)

    assert begun.action.startswith(f"{action}?state=")
    assert begun.api_url == api_url


async def test_only_who_manages_apps_leaves(rooms, asked) -> None:
    member = await rooms.principal("members", Role.MEMBER)
    with pytest.raises(ActionForbidden):
        await rooms.registrations.begin(member, asked)
    with pytest.raises(ActionForbidden):
        await rooms.registrations.finish(member, "code", "state")


async def test_of_all_that_are_begun_a_few_stay_ready(rooms, ours, asked, db) -> None:
    for _ in range(30):
        await rooms.registrations.begin(ours, asked)
    async with db.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM github_departures")) <= 21


def update_of(state: str):
    from sqlalchemy import func, update

    from thakur.installations.registering.departures import _hash_of

    return update(DepartureRow).where(DepartureRow.hash == _hash_of(state)).values(expires_at=func.now())


async def a_user(db) -> int:
    async with db.session() as session:
        found: int = await session.scalar(text("INSERT INTO users (name) VALUES ('grace') RETURNING id"))
        return found
