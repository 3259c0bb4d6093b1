"""Who a browser is: one of the users, by a cookie. There are no passwords."""

import secrets

from aiohttp import web

from thakur.fakegithub.people.accounts import FakeUser, People

COOKIE = "simulated_github"


class Sessions:
    """Browsers that are signed in. `at_first` is who a browser is that has not said otherwise, if anybody."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.at_first: FakeUser | None = None
        self._users: dict[str, int] = {}

    def begin(self, user: FakeUser) -> str:
        """The cookie of a browser that is this user from now on."""
        text = secrets.token_urlsafe(24)
        self._users[text] = user.id
        return text

    def user(self, request: web.Request) -> FakeUser | None:
        found = self.people.accounts.get(self._users.get(request.cookies.get(COOKIE, ""), 0))
        return found if isinstance(found, FakeUser) else self.at_first
