"""Lists of repositories, and of the folders of one, as GitHub's long answers tell of them."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import msgspec

from thakur.github.interface import Repository, RepositoryPage
from thakur.github.rest import Answer

_PAGE_NUMBER = re.compile(r"[?&]page=([0-9]{1,6})(?:&|$)")

Ask = Callable[..., Awaitable[Answer]]


class RepositoriesTold(msgspec.Struct, frozen=True):
    """What is read of a page of repositories, of which GitHub tells a hundred times as much."""

    total_count: int
    repositories: tuple[Repository, ...]


class Entry(msgspec.Struct, frozen=True):
    """A file or a directory of a tree."""

    path: str


class TreeTold(msgspec.Struct, frozen=True):
    """What is read of a whole tree."""

    tree: tuple[Entry, ...] = ()


def page_of(answer: Answer) -> RepositoryPage:
    """The page that was told."""
    told = msgspec.convert(answer.data, RepositoriesTold, strict=False)
    found = _PAGE_NUMBER.search(answer.next_url)
    return RepositoryPage(
        repositories=told.repositories, total=told.total_count, next_page=int(found[1]) if found else None
    )


async def files_named(ask: Ask, repository_id: int, ref: str, name: str) -> list[str]:
    """The paths of the files of that name. GitHub leaves out what is beyond 100,000 entries. Raises NotThere."""
    path = f"/repositories/{repository_id}/git/trees/{quote(ref, safe='')}?recursive=1"
    told = msgspec.convert((await ask("GET", path)).data, TreeTold)
    return [entry.path for entry in told.tree if entry.path.rpartition("/")[2] == name]
