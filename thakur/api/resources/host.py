"""The host itself, for its operator: a route that only the local socket's app has."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from thakur.api.interface import DescribeHost, Host

Describe = NamedDependency[SkipValidation[DescribeHost]]


@get("/api/v1/host")
async def get_host(describe_host: Describe) -> Host:
    """The server that answers here."""
    return await describe_host()


HANDLERS = [get_host]
