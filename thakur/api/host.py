"""The host itself, for its operator: routes that only the local socket's app has."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from thakur.api.interface import Host, HostControl

ROOT = "/api/v1/host"

Control = NamedDependency[SkipValidation[HostControl]]


@get(ROOT)
async def get_host(control: Control) -> Host:
    """The server that answers here."""
    return await control.describe()


@post(f"{ROOT}/stop", status_code=202)
async def stop_host(control: Control) -> Host:
    """End everything on this host: requests drain, then replicas, proxy and stores stop, then the process exits."""
    host = await control.describe()
    control.stop()
    return host


HANDLERS = [get_host, stop_host]
