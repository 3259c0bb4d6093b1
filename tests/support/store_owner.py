"""A process that uses the stores: prints their URLs, stops when its stdin closes. Run by tests, as any user."""

import asyncio
import concurrent.futures.thread  # noqa: F401  nothing can be imported any more once the user has changed
import json
import os
import sys
from pathlib import Path

import psycopg

from thakur.settings import Settings
from thakur.stores import StoreUrls, running


def become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def ask(urls: StoreUrls, query: str) -> object:
    host = urls.database_url.partition("?host=")[2]
    with psycopg.connect(host=host, user="thakur", dbname="thakur", autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else None


async def own(data_dir: Path, is_durable: bool) -> None:
    async with running(Settings(data_dir=data_dir), is_durable=is_durable) as urls:
        print(json.dumps([urls.database_url, urls.redis_url]), flush=True)
        while query := sys.stdin.readline():
            print(json.dumps(ask(urls, query)), flush=True)
    print("stopped", flush=True)


if __name__ == "__main__":
    directory, uid, packages, is_durable = sys.argv[1:5]
    if packages:
        sys.path.insert(0, packages)
    if uid:
        become(int(uid))
    asyncio.run(own(Path(directory), is_durable == "durable"))
