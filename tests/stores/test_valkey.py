"""Valkey keeps what it was told through a kill -9, and never evicts."""

from pathlib import Path

from redis import Redis

from support.owners import kill_servers
from support.waiting import eventually
from thakur.settings import Settings
from thakur.stores import Stores


async def test_keys_survive_a_kill_of_the_server(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, database_url="postgresql://elsewhere/thakur")
    stores = Stores(settings)
    url = (await stores.start()).redis_url
    with Redis.from_url(url) as redis:
        redis.set("word", "kept")
        await eventually(lambda: b"kept" in b"".join(file.read_bytes() for file in data_dir.rglob("*.aof")))
    kill_servers(data_dir)

    heir = Stores(settings)
    await heir.start()

    with Redis.from_url(url) as redis:
        assert redis.get("word") == b"kept"
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    await heir.stop()
    await stores.stop()
