"""A sandbox that runs nothing and ends each command as it is told."""

import asyncio

from thakur.sandbox import DeadlineExceeded, Exit, OnOutput, Spec


class FakeSandbox:
    """Implements what builds use of Sandbox; `exits` are taken in order, then everything succeeds."""

    def __init__(self, *exits: tuple[bytes, Exit | Exception]) -> None:
        self.exits = list(exits)
        self.specs: list[Spec] = []
        self.deadlines: list[float] = []
        self.hangs = False
        self.canceled = 0
        self.ended: list[str] = []
        self._may_go = asyncio.Event()
        self._may_go.set()
        self.left: frozenset[str] = frozenset()

    async def run(
        self, spec: Spec, on_output: OnOutput, deadline_seconds: float, idle_seconds: float | None = None
    ) -> Exit:
        self.specs.append(spec)
        self.deadlines.append(deadline_seconds)
        await self._may_go.wait()
        if self.hangs:
            try:
                async with asyncio.timeout(deadline_seconds):
                    await asyncio.get_running_loop().create_future()
            except TimeoutError as error:
                raise DeadlineExceeded("too long") from error
            except asyncio.CancelledError:
                self.canceled += 1
                raise
        output, ended = self.exits.pop(0) if self.exits else (b"", Exit(code=0))
        on_output(output)
        if isinstance(ended, Exception):
            raise ended
        return ended

    def hold(self) -> None:
        """Let commands begin and not end, until `go_on`."""
        self._may_go.clear()

    def go_on(self) -> None:
        self._may_go.set()

    def names(self) -> frozenset[str]:
        return self.left - frozenset(self.ended)

    async def end(self, name: str) -> None:
        self.ended.append(name)
