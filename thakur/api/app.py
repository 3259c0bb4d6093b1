"""The app of one listener."""

import asyncio

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.types import ASGIApp

from thakur.api.asked import dependencies
from thakur.api.audited import Audited
from thakur.api.body import StrictJson
from thakur.api.described import Description
from thakur.api.door import Door, PrincipalOf
from thakur.api.events import EventStreams
from thakur.api.interface import ApiServices, DescribeHost
from thakur.api.methods import tell_methods
from thakur.api.once import Once
from thakur.api.pages import HANDLERS as PAGES
from thakur.api.pages.parts.failures import answer
from thakur.api.pages.parts.live import LivePages
from thakur.api.resources import EVERYWHERE, OPERATOR
from thakur.api.visits import Entrance, Headers, SameOrigin

JSON_BODY_BYTES = 1024 * 1024


def create_app(
    services: ApiServices,
    principal_of: PrincipalOf,
    stopping: asyncio.Event,
    *,
    describe_host: DescribeHost | None = None,
    entrance: Entrance | None = None,
) -> ASGIApp:
    """Make the app of a listener whose requests are `principal_of`'s; only with `describe_host` it tells of the host.

    Where browsers come in, `entrance` keeps out what other sites make them send.
    Setting `stopping` ends every open log stream.
    """
    resources = [*EVERYWHERE]
    provided = dependencies(services)
    streams = EventStreams(stopping)
    live_pages = LivePages(stopping)
    provided["tails"] = Provide(lambda: streams, sync_to_thread=False)
    provided["live_pages"] = Provide(lambda: live_pages, sync_to_thread=False)
    if describe_host is not None:
        resources += OPERATOR
        provided["describe_host"] = Provide(lambda: describe_host, sync_to_thread=False)
    description = Description(resources, provided)
    provided["description"] = Provide(lambda: description, sync_to_thread=False)
    app = Litestar(
        [Router("/", route_handlers=resources, dto=StrictJson, return_dto=None), *PAGES],
        dependencies=provided,
        exception_handlers={Exception: answer},
        request_max_body_size=JSON_BODY_BYTES,
        logging_config=None,
        before_send=[tell_methods],
        openapi_config=None,
    )
    once = Once(Audited(app, services.accounts), services.idempotency_keys)
    inside = once if entrance is None else SameOrigin(once, entrance, answer)
    return Headers(Door(inside, principal_of))
