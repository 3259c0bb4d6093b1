"""What the server's log looks like: one line an event, its fields after the message, on standard error."""

import logging
import sys

# Libraries tell of their own affairs at INFO; only their warnings are for the operator.
QUIET = ("arq", "alembic", "granian", "_granian", "litestar", "asyncio")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class Line(logging.Formatter):
    """`2026-01-02 03:04:05,678 warning proxy worker starts again worker=1`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in vars(record).items() if name not in _STANDARD)
        text = f"{self.formatTime(record)} {record.levelname.lower()} {record.getMessage()}{fields}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def begin() -> None:
    """Send the process's log there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
