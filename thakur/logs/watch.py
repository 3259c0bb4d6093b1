"""The safety net under the news: a look at the streams that somebody follows, once a second."""

import asyncio
import logging

from thakur.logs.hub import LOOK, Hub
from thakur.logs.streams import Streams

WATCH_SECONDS = 1.0
log = logging.getLogger(__name__)


class Watch:
    """Sends readers to the table when it holds more than they heard of: from another process, or because news was lost."""

    def __init__(self, streams: Streams, hub: Hub, interval_seconds: float = WATCH_SECONDS) -> None:
        self._streams = streams
        self._hub = hub
        self._interval_seconds = interval_seconds

    async def run(self) -> None:
        """Look until canceled; costs nothing while nobody follows anything."""
        is_failing = False
        while True:
            await asyncio.sleep(self._interval_seconds)
            try:
                await self.look()
                is_failing = False
            except Exception:  # a supervisor's loop: nobody would notice that the watch has ended
                if not is_failing:
                    log.warning("log streams cannot be watched now", exc_info=True)
                is_failing = True

    async def look(self) -> None:
        """One look, one query for all streams."""
        followed = self._hub.readers()
        if not followed:
            return
        streams = await self._streams.find(list(followed))
        for stream_id, readers in followed.items():
            stream = streams.get(stream_id)
            for reader in readers:
                is_behind = stream is None or stream.ended_at is not None or reader.read_to < stream.last_number
                if is_behind and reader.is_idle:
                    reader.put(LOOK)
