"""What opens a repository, and that a lent token is given back as soon as the commit is here."""

import msgspec
import pytest

from support.building import BuildPlace, make_build
from thakur.builds import BuildFailed, Source
from thakur.builds.attempts.attempt import Attempt
from thakur.git import FetchFailed, Resolved

URL = "https://localhost/ada/shop"


class Fetching:
    """Implements Git: notes what it is asked with; refuses the tokens that it is told to."""

    def __init__(self, place: BuildPlace) -> None:
        self.place = place
        self.asked: list[tuple[str, str, str]] = []
        self.refused: set[str] = set()

    async def resolve(self, wanted, place):
        self.asked.append(("resolve", wanted.ref, wanted.token))
        if wanted.token in self.refused:
            raise FetchFailed("credentials_refused", "No.", "It is not taken.", "Give another.")
        return Resolved(wanted.ref if len(wanted.ref) == 40 else "1" * 40)

    async def fetch(self, wanted, resolved, place, archive, note):
        self.asked.append(("fetch", wanted.ref, wanted.token))
        assert wanted.token not in self.place.lender.given_back, "it is still needed"
        if wanted.token in self.refused:
            raise FetchFailed("credentials_refused", "No.", "It is not taken.", "Give another.")
        raise FetchFailed("too_slow", "Slow.", "It took long.", "Deploy again.")


@pytest.fixture
def place(place: BuildPlace) -> BuildPlace:
    place.arrivals._git = Fetching(place)
    return place


def attempt(**source) -> Attempt:
    build = make_build(1, 1, "")
    fields = {"kind": "git", "url": URL, "ref": "main", "folder": "shop"} | source
    return Attempt(msgspec.structs.replace(build, source=Source(**fields)))


async def test_a_lent_token_is_given_back_once_when_the_commit_is_here_or_cannot_be_had(place) -> None:
    place.lender.tokens[URL] = ["lent-token"]

    with pytest.raises(BuildFailed, match="Slow"):
        await place.pipeline.run(attempt())

    assert place.arrivals._git.asked == [("resolve", "main", "lent-token"), ("fetch", "main", "lent-token")]
    assert place.lender.given_back == ["lent-token"]


async def test_one_that_is_refused_is_replaced_once(place) -> None:
    place.lender.tokens[URL] = ["first", "second", "third"]
    place.arrivals._git.refused = {"first", "second"}

    with pytest.raises(BuildFailed, match="No"):
        await place.pipeline.run(attempt())

    assert [token for _, _, token in place.arrivals._git.asked] == ["first", "second"]
    assert place.lender.given_back == ["first", "second"]


async def test_a_token_that_a_person_gave_comes_first_and_is_not_given_back(place) -> None:
    place.repositories.tokens[URL] = "given"
    place.lender.tokens[URL] = ["lent"]

    with pytest.raises(BuildFailed):
        await place.pipeline.run(attempt())

    assert {token for _, _, token in place.arrivals._git.asked} == {"given"}
    assert place.lender.given_back == []


async def test_a_pinned_build_is_of_its_commit_wherever_the_branch_leads_by_now(place) -> None:
    with pytest.raises(BuildFailed):
        await place.pipeline.run(attempt(commit="2" * 40, is_pinned=True))
    with pytest.raises(BuildFailed):
        await place.pipeline.run(attempt(commit="2" * 40))

    asked = [(what, ref) for what, ref, _ in place.arrivals._git.asked]
    assert asked == [("fetch", "2" * 40), ("resolve", "main"), ("fetch", "main")], "who pinned it has looked already"


async def test_a_token_that_is_refused_to_a_pinned_build_is_replaced_once(place) -> None:
    place.lender.tokens[URL] = ["first", "second", "third"]
    place.arrivals._git.refused = {"first", "second"}

    with pytest.raises(BuildFailed, match="No"):
        await place.pipeline.run(attempt(commit="2" * 40, is_pinned=True))

    assert [token for _, _, token in place.arrivals._git.asked] == ["first", "second"]
    assert place.lender.given_back == ["first", "second"]
