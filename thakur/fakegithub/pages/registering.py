"""The page that makes an App of a manifest, and that of the App itself."""

from aiohttp import web

from thakur.fakegithub.apps.manifest import PERMISSIONS, Manifest, faults, read
from thakur.fakegithub.apps.registering import Registering
from thakur.fakegithub.door.answers import not_found
from thakur.fakegithub.oauth.authorize import back
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.pages.origins import is_foreign
from thakur.fakegithub.people.accounts import FakeAccount, FakeOrganization, FakeUser
from thakur.fakegithub.state import FakeApp


class RegisteringPages:
    """Of a person's own account, or of an organisation that they own."""

    def __init__(self, desk: Desk, registering: Registering) -> None:
        self._desk = desk
        self._registering = registering

    def routes(self) -> list[web.RouteDef]:
        found = []
        for place in ("/settings/apps", "/organizations/{org}/settings/apps"):
            found += [
                web.post(f"{place}/new", self.ask),
                web.get(f"{place}/{{slug}}", self.show),
                web.get(f"{place}/{{slug}}/{{tab}}", self.show),
                web.post(f"{place}/{{slug}}/permissions", self.ask_for),
                web.post(f"{place}/{{slug}}/delete", self.delete),
            ]
        return [*found, web.get("/apps/{slug}", self.public)]

    async def ask(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        user = self._desk.user(request)
        if user is None:
            return self._desk.sign_in(request, request.rel_url.raw_path_qs, form)
        owner = self._owner(request, user)
        manifest = read(form.get("manifest", ""))
        if isinstance(manifest, str):
            return self._refused(request, [manifest])
        manifest.name = form.get("name", manifest.name).strip()
        wrong = faults(manifest, takes_local_hooks=self._desk.state.takes_local_hooks)
        if wrong:
            return self._refused(request, wrong)
        is_named = manifest.name and not self._registering.is_taken(manifest.name)
        if is_named and (self._is_agreed(request, form) or not self._desk.state.asks):
            return self._made(request, manifest, owner)
        said = f"The name {manifest.name} is already taken." if manifest.name and not is_named else ""
        return self._desk.page(
            request, "manifest.html", manifest=manifest, text=form["manifest"], owner=owner, said=said
        )

    async def show(self, request: web.Request) -> web.Response:
        user = self._desk.user(request)
        if user is None:
            return self._desk.sign_in(request, request.path)
        app = self._app(request, self._owner(request, user))
        return self._desk.page(
            request, "app.html", app=app, is_owner=True, place=place_of(app), known=sorted(PERMISSIONS)
        )

    async def public(self, request: web.Request) -> web.Response:
        app = self._desk.app(request.match_info["slug"])
        return self._desk.page(request, "app.html", app=app, is_owner=False, place="", known=[])

    async def ask_for(self, request: web.Request) -> web.Response:
        user = self._desk.required(request)
        app = self._app(request, self._owner(request, user))
        form = await request.post()
        asked = {name: str(form.get(name, "")) for name in sorted(PERMISSIONS)}
        self._registering.ask_for(app, {name: level for name, level in asked.items() if level in ("read", "write")})
        return self._desk.leads_to(place_of(app))

    async def delete(self, request: web.Request) -> web.Response:
        user = self._desk.required(request)
        self._registering.delete(self._app(request, self._owner(request, user)), user)
        return self._desk.leads_to("/settings/installations")

    def _is_agreed(self, request: web.Request, form: dict[str, str]) -> bool:
        """On the page that asks, and on no other."""
        return "decision" in form and not is_foreign(request)

    def _made(self, request: web.Request, manifest: Manifest, owner: FakeAccount) -> web.Response:
        app, code = self._registering.from_manifest(manifest, owner)
        if not manifest.redirect_url:
            return self._desk.leads_to(f"/apps/{app.slug}")
        return back(manifest.redirect_url, code=code, state=request.query.get("state", ""))

    def _refused(self, request: web.Request, wrong: list[str]) -> web.Response:
        return self._desk.page(request, "manifest_refused.html", 422, wrong=wrong)

    def _owner(self, request: web.Request, user: FakeUser) -> FakeAccount:
        if "org" not in request.match_info:
            return user
        found = self._desk.state.people.named(request.match_info["org"])
        if found not in self._desk.owned(user) or not isinstance(found, FakeOrganization):
            raise not_found()
        return found

    def _app(self, request: web.Request, owner: FakeAccount) -> FakeApp:
        found = self._desk.app(request.match_info["slug"])
        if found.owner is not owner:
            raise not_found()
        return found


def place_of(app: FakeApp) -> str:
    """Where its owner finds it."""
    below = "" if isinstance(app.owner, FakeUser) else f"/organizations/{app.owner.login}"
    return f"{below}/settings/apps/{app.slug}"
