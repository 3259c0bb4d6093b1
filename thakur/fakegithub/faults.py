"""Faults on demand: the next questions that match are answered as they say."""

from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Fault:
    """`times` questions whose method and path hold `match` are answered with this."""

    match: str
    times: int
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Server Error"


class Faults:
    """Those that are still to happen, and every question that was asked of the API."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def take(self, request: web.Request) -> Fault | None:
        """Note the question; returns what is to happen to it."""
        asked = f"{request.method} {request.path}"
        self.asked.append(asked)
        for fault in self._waiting:
            if fault.match in asked and fault.times > 0:
                fault.times -= 1
                return fault
        return None
