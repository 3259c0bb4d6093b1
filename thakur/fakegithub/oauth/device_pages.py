"""Where a device gets its code, and where a person types it in."""

from aiohttp import web

from thakur.fakegithub.oauth.devices import LIFE, Devices
from thakur.fakegithub.oauth.exchange import answered, asked_in, wrong
from thakur.fakegithub.pages.rendering import Rendering
from thakur.fakegithub.pages.sessions import Sessions
from thakur.fakegithub.state import State


class DevicePages:
    """The device flow but for its last step, which is that of every grant."""

    def __init__(self, state: State, devices: Devices, sessions: Sessions, rendering: Rendering, web_url: str) -> None:
        self._state = state
        self._devices = devices
        self._sessions = sessions
        self._rendering = rendering
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/login/device/code", self.begin),
            web.get("/login/device", self.ask),
            web.post("/login/device", self.decide),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        asked = await asked_in(request)
        every = self._state.apps.values()
        app = next((each for each in every if each.client_id == asked.get("client_id")), None)
        made = "incorrect_client_credentials" if app is None else self._devices.begin(app)
        if isinstance(made, str):
            return answered(request, wrong(made))
        told = {
            "device_code": made.device_code,
            "user_code": made.user_code,
            "verification_uri": f"{self._web_url}/login/device",
            "expires_in": int(LIFE.total_seconds()),
            "interval": made.interval,
        }
        return answered(request, told)

    async def ask(self, request: web.Request) -> web.Response:
        if self._sessions.user(request) is None:
            return self._rendering.sign_in(request, request.path)
        return self._rendering.page(request, "device.html", device=None, said="")

    async def decide(self, request: web.Request) -> web.Response:
        form = await request.post()
        user_code = str(form.get("user_code", ""))
        user = self._sessions.user(request)
        if user is None:
            return self._rendering.sign_in(request, request.path, {"user_code": user_code})
        device = self._devices.waiting(user_code)
        if device is None:
            return self._rendering.page(request, "device.html", device=None, said="No device shows that code.")
        match form.get("decision"):
            case "allow":
                device.user = user
                return self._rendering.page(request, "device.html", device=None, said="The device is let in.")
            case "cancel":
                device.is_denied = True
                return self._rendering.page(request, "device.html", device=None, said="The device was refused.")
            case _:
                return self._rendering.page(request, "device.html", device=device, said="")
