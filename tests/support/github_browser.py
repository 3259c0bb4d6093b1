"""The stand-in as a person's browser meets it, and as an App that acts for that person does."""

import base64
import hashlib
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import aiohttp

from thakur.fakegithub import FakeApp, FakeGitHub

VERIFIER = "a-verifier-of-forty-three-characters-or-so-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CALLBACK = "http://127.0.0.1:1/login/github/callback"


class Answer:
    """What came, with where it leads."""

    def __init__(self, status: int, text: str, headers: Any, told: Any) -> None:
        self.status, self.text, self.headers, self.told = status, text, headers, told

    @property
    def leads_to(self) -> str:
        return str(self.headers.get("Location", ""))

    @property
    def brings(self) -> dict[str, str]:
        """The query that the browser takes along."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.leads_to).query).items()}


class Browser:
    """Follows nothing by itself; `login` is who is signed in."""

    def __init__(self, github: FakeGitHub, login: str = "") -> None:
        cookies = github.pages.cookies(github.state.people.user(login)) if login else {}
        self.github = github
        self._session = aiohttp.ClientSession(cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        url = path if path.startswith("http") else f"{self.github.url}{path}"
        async with self._session.request(method, url, allow_redirects=False, **more) as answer:
            told = await answer.json() if answer.content_type == "application/json" and answer.status != 204 else None
            return Answer(answer.status, await answer.text(), answer.headers, told)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, **form: str) -> Answer:
        return await self.ask("POST", path, data=form)

    async def api(self, token: str, path: str, method: str = "GET", **more: Any) -> Answer:
        """As the App that holds the token."""
        return await self.ask(method, f"/api/v3{path}", headers={"Authorization": f"Bearer {token}"}, **more)

    async def authorize(self, app: FakeApp, **changed: str) -> Answer:
        asked = {
            "client_id": app.client_id,
            "redirect_uri": CALLBACK,
            "state": "s1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return await self.get("/login/oauth/authorize", params=asked | changed)

    async def exchange(self, app: FakeApp, **asked: str) -> dict[str, Any]:
        fields = {"client_id": app.client_id, "client_secret": app.client_secret} | asked
        headers = {"Accept": "application/json"}
        answer = await self.ask("POST", "/login/oauth/access_token", data=fields, headers=headers)
        assert answer.status == 200
        told: dict[str, Any] = answer.told
        return told

    async def token(self, app: FakeApp) -> str:
        """A token of whoever is signed in, by the whole way."""
        code = (await self.authorize(app)).brings["code"]
        told = await self.exchange(app, code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)
        return str(told["access_token"])
