"""What a worker has to say: one JSON object a line on stderr, and never a wait for whoever reads it."""

import json
import os
import select
import time

_LINES_PER_SECOND = 20
_LINE_BYTES = 4096  # PIPE_BUF: a pipe that is writable takes this much without blocking


class Journal:
    """Drops lines beyond the rate or when nobody reads, and counts them in the next one."""

    def __init__(self, fd: int = 2) -> None:
        self._fd = fd
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)
        self._second = 0
        self._lines = 0
        self._dropped = 0

    def write(self, level: str, message: str, **fields: str | int) -> None:
        """Say it, if there is room."""
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._lines = 0
        self._lines += 1
        if self._lines > _LINES_PER_SECOND or not self._is_writable():
            self._dropped += 1
            return
        if self._dropped:
            fields["dropped_lines"] = self._dropped
        line = json.dumps({"at": round(now, 3), "level": level, "message": message, **fields}) + "\n"
        try:
            os.write(self._fd, line.encode()[:_LINE_BYTES])
        except OSError:
            self._dropped += 1
        else:
            self._dropped = 0

    def _is_writable(self) -> bool:
        return any(mask & select.POLLOUT for _, mask in self._poll.poll(0))
