"""What can go wrong with a request: the one table from a fault to a status, a page and a log level."""

INFO, WARNING, ERROR = "info", "warning", "error"


class Fault:
    """One row of the table. The client's fault is info, the application's a warning, ours an error."""

    __slots__ = ("level", "name", "state", "status", "text", "title")

    def __init__(self, status: int, level: str, name: str, title: str, text: str, state: str = "") -> None:
        self.status = status
        self.level = level
        self.name = name
        self.title = title
        self.text = text
        self.state = state


class Refused(Exception):
    """A message that breaks the rules, and the fault that it is."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


BAD_REQUEST = Fault(400, INFO, "bad request", "This request cannot be read", "It breaks the rules of HTTP.")
UNKNOWN_HOST = Fault(
    404,
    INFO,
    "unknown host",
    "No site at this address",
    "No application answers at {host}. Check the spelling.",
    "unknown",
)
FILE_NOT_FOUND = Fault(404, INFO, "file not found", "No page at this address", "{host} has no page of this name.")
METHOD_NOT_ALLOWED = Fault(
    405, INFO, "method not allowed", "Only for reading", "{host} is a folder of files: GET and HEAD."
)
REQUEST_SLOW = Fault(408, INFO, "request slow", "The request took too long", "It did not arrive completely in time.")
URI_TOO_LONG = Fault(414, INFO, "uri too long", "This address is too long", "It may have 16,384 characters.")
RANGE_REFUSED = Fault(416, INFO, "range refused", "No such part", "The file is shorter than the asked range.")
EXPECTATION_FAILED = Fault(417, INFO, "expectation failed", "Unknown expectation", "Only 100-continue can be expected.")
HEAD_TOO_LARGE = Fault(
    431, INFO, "head too large", "Too many header fields", "They may have 64 KiB and be 100 in number."
)
NOT_IMPLEMENTED = Fault(501, INFO, "not implemented", "Unknown transfer encoding", "Only chunked is known.")

_BROKEN = "{host} is deployed here, but its application closed the connection before it sent an answer."
UPSTREAM_REFUSED = Fault(
    502,
    WARNING,
    "upstream refused",
    "This site is not answering",
    "{host} is deployed here, but its application did not answer: it takes no connection.",
    "failed",
)
UPSTREAM_BROKEN = Fault(502, WARNING, "upstream broken", "This site is not answering", _BROKEN, "failed")
UPSTREAM_MALFORMED = Fault(
    502,
    WARNING,
    "upstream malformed",
    "This site is not answering",
    "{host} is deployed here, but its application sent an answer that cannot be read.",
    "failed",
)
NO_UPSTREAM = Fault(
    503,
    WARNING,
    "no upstream",
    "This site is not running",
    "{host} is deployed here, but nothing of it is running now.",
    "failed",
)
FILES_GONE = Fault(
    503,
    ERROR,
    "files gone",
    "This site is not running",
    "{host} is deployed here, but its files cannot be read.",
    "failed",
)
UPSTREAM_SLOW = Fault(
    504,
    WARNING,
    "upstream slow",
    "This site took too long",
    "{host} is deployed here, but its application took too long to answer.",
    "failed",
)
DRAIN_CUT = Fault(
    504,
    WARNING,
    "drain cut",
    "This site took too long",
    "{host} was deployed anew, and the answer of the version before took too long.",
    "failed",
)

REASONS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
