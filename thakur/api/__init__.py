"""The API: resources over HTTP, for the CLI, scripts and later the pages.

A *listener* brings requests in and says who is asking; the *door* lets nobody else in; a *resource* is one file of handlers;
a *problem* is how every refusal leaves (RFC 9457).
"""

from thakur.api.app import create_app
from thakur.api.door import PrincipalOf
from thakur.api.interface import ApiServices, DescribeHost, Host
from thakur.api.visits import Entrance, Visitors

__all__ = ["ApiServices", "DescribeHost", "Entrance", "Host", "PrincipalOf", "Visitors", "create_app"]
