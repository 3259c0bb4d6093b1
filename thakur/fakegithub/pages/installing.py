"""Pages on which an App is let into an account, and where that is changed and taken back."""

from collections.abc import Iterable

from aiohttp import web

from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.oauth.authorize import back
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.people.accounts import FakeAccount, FakeUser
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository


class InstallingPages:
    """`/apps/SLUG/installations/new` and what is below /settings/installations."""

    def __init__(self, desk: Desk, installing: Installing) -> None:
        self._desk = desk
        self._installing = installing

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/apps/{slug}/installations/new", self.ask),
            web.post("/apps/{slug}/installations/new", self.install),
            web.get("/settings/installations", self.installations),
            *self._below("/settings/installations/{installation:[0-9]+}"),
            *self._below("/organizations/{org}/settings/installations/{installation:[0-9]+}"),
        ]

    def _below(self, place: str) -> list[web.RouteDef]:
        return [web.get(place, self.show), web.post(place, self.change)]

    async def ask(self, request: web.Request) -> web.Response:
        app = self._desk.app(request.match_info["slug"])
        user = self._desk.user(request)
        if user is None:
            return self._desk.sign_in(request, request.rel_url.raw_path_qs)
        accounts = self._accounts(app, user)
        return self._desk.page(
            request,
            "install.html",
            app=app,
            state=request.query.get("state", ""),
            accounts=[(each, self._installing.of(app, each), self._installing.owned(each)) for each in accounts],
            joined=self._desk.joined(user) if app.is_public else [],
        )

    async def install(self, request: web.Request) -> web.Response:
        app = self._desk.app(request.match_info["slug"])
        user = self._desk.required(request)
        form = await request.post()
        account = self._desk.state.people.named(str(form.get("account", "")))
        state = str(form.get("state", ""))
        if account in self._desk.joined(user) and app.is_public:
            return self._set_up(app, setup_action="request", state=state)
        if account is None or account not in self._accounts(app, user):
            raise not_found()
        if self._installing.of(app, account) is not None:
            raise Refusal(422, f"{app.name or app.slug} is installed on {account.login} already.")
        has_all = form.get("selection") == "all"
        chosen = self._chosen(account, form.getall("repository", []))
        if not has_all and not chosen:
            raise Refusal(422, "Choose at least one repository.")
        made = self._installing.install(app, account, chosen, user, has_all=has_all)
        if app.asks_user_on_install and app.callback_urls:
            code = self._desk.state.grants.allow(app, user, app.callback_urls[0], "")
            told = {"code": code, "installation_id": made.id, "setup_action": "install", "state": state}
            return back(app.callback_urls[0], **told)
        return self._set_up(app, installation_id=made.id, setup_action="install", state=state)

    async def installations(self, request: web.Request) -> web.Response:
        user = self._desk.user(request)
        if user is None:
            return self._desk.sign_in(request, request.path)
        accounts = self._desk.owned(user)
        every = self._desk.state.installations.values()
        apps = self._desk.state.apps.values()
        granted = [each for each in apps if self._desk.state.grants.has(each, user)]
        found = [each for each in every if each.account in accounts]
        return self._desk.page(request, "installations.html", installations=found, granted=granted)

    async def show(self, request: web.Request) -> web.Response:
        user = self._desk.user(request)
        if user is None:
            return self._desk.sign_in(request, request.path)
        found = self._installation(request, user)
        return self._desk.page(
            request, "installation.html", installation=found, repositories=self._installing.owned(found.account)
        )

    async def change(self, request: web.Request) -> web.Response:
        user = self._desk.required(request)
        found = self._installation(request, user)
        form = await request.post()
        match form.get("act"):
            case "suspend" | "unsuspend":
                self._installing.suspend(found, user, is_suspended=form.get("act") == "suspend")
            case "accept":
                self._installing.accept(found, user)
            case "uninstall":
                self._installing.uninstall(found, user)
                return self._desk.leads_to("/settings/installations")
            case _:
                chosen = self._chosen(found.account, form.getall("repository", []))
                has_all = form.get("selection") == "all"
                if not has_all and not chosen:
                    raise Refusal(422, "Choose at least one repository, or uninstall the App.")
                self._installing.choose(found, chosen, user, has_all=has_all)
                if found.app.is_told_of_updates:
                    return self._set_up(found.app, installation_id=found.id, setup_action="update")
        return self._desk.leads_to(request.path)

    def _set_up(self, app: FakeApp, **told: str | int) -> web.Response:
        if app.setup_url:
            return back(app.setup_url, **told)
        return self._desk.leads_to("/settings/installations")

    def _accounts(self, app: FakeApp, user: FakeUser) -> list[FakeAccount]:
        """Where this person may install it: a private App on its owner's account alone."""
        return [each for each in self._desk.owned(user) if app.is_public or each is app.owner]

    def _chosen(self, account: FakeAccount, ids: Iterable[object]) -> list[FakeRepository]:
        wanted = {str(each) for each in ids}
        return [each for each in self._installing.owned(account) if str(each.id) in wanted]

    def _installation(self, request: web.Request, user: FakeUser) -> FakeInstallation:
        found = self._desk.state.installations.get(int(request.match_info["installation"]))
        if found is None or found.account not in self._desk.owned(user):
            raise not_found()
        return found
