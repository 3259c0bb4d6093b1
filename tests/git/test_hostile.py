"""Repositories that mean harm, and those that are too much."""

import os
import tarfile
from pathlib import Path

import pytest

from thakur.git import FetchFailed

MARK = "/tmp/thakur-git-was-here"


async def test_what_git_forbids_in_a_tree_is_left_out_and_nothing_runs(fetching, server) -> None:
    hook = ("100755", f"#!/bin/sh\ntouch {MARK}\n")
    repository = server.repository("hooks")
    repository.commit(
        {
            ".git": {"hooks": {"post-checkout": hook}, "config": f"[core]\n\tfsmonitor = touch {MARK}\n"},
            "sub": {".GIT": {"hooks": {"post-checkout": hook}}, "git~1": "x", "kept": "yes"},
            "a": ("120000", ".git"),
            "A": {"hooks": {"post-checkout": hook}},
            ".gitattributes": "* filter=evil text eol=crlf\n",
            ".gitconfig": f'[filter "evil"]\n\tsmudge = touch {MARK}\n',
            "text": "one\ntwo\n",
        }
    )

    await fetching(server.url("hooks.git"))

    with tarfile.open(fetching.archive) as tar:
        members = {member.name: member for member in tar}
        assert tar.extractfile("text").read() == b"one\ntwo\n", "to the byte, whatever attributes say"
    assert not [name for name in members if ".git/" in name.lower() or "git~1" in name]
    assert "sub/kept" in members
    assert any("Left out .git:" in note for note in fetching.notes)
    assert not Path(MARK).exists()


async def test_submodules_come_from_hosts_that_git_may_reach_and_nowhere_else(fetching, server) -> None:
    theme = server.repository("theme")
    commit = theme.commit({"theme.css": "body {}"})
    urls = {
        "good": "../theme.git",
        "absolute": server.url("theme.git"),
        "host": "file:///etc",
        "option": "-uevil",
        "path": str(theme.path),
        "shell": "ext::sh -c touch% /tmp/p",
        "private": f"https://127.0.0.1:{server.port}/theme.git",
        "gone": server.url("gone.git"),
    }
    text = "".join(f'[submodule "{name}"]\n\tpath = {name}\n\turl = {url}\n' for name, url in urls.items())
    shop = server.repository("with-modules")
    modules = dict.fromkeys((*urls, "unknown"), ("160000", commit))
    shop.commit({".gitmodules": text} | modules)

    found = await fetching(server.url("with-modules.git"))

    with tarfile.open(fetching.archive) as tar:
        names = {member.name for member in tar if member.isfile()}
    assert names == {".gitmodules", "good/theme.css", "absolute/theme.css"}
    empty = [note for note in fetching.notes if note.startswith("Left empty: the submodule ")]
    assert len(empty) == 7
    assert not found.is_whole


async def test_a_submodules_host_is_not_given_the_token(fetching, server) -> None:
    theme = server.repository("own-theme")
    commit = theme.commit({"theme.css": ""})
    fetching.hosts = ("localhost", "127.0.0.1")
    url = f"https://127.0.0.1:{server.port}/own-theme.git"
    shop = server.repository("token-modules")
    shop.commit({".gitmodules": f'[submodule "t"]\n\tpath = t\n\turl = {url}\n', "t": ("160000", commit)})
    server.requests.clear()
    server.logins.clear()

    await fetching(server.url("token-modules.git"), token="private-thing")

    logins = [
        bool(login) for (_, path), login in zip(server.requests, server.logins, strict=True) if "own-theme" in path
    ]
    assert logins
    assert not any(logins)


async def test_large_files_are_fetched_and_checked(fetching, server) -> None:
    content = os.urandom(200_000)
    pointer = server.large(content)
    attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
    lost = pointer.replace(pointer.split("sha256:")[1][:64], "0" * 64)
    server.repository("large").commit({".gitattributes": attributes, "a.bin": pointer, "b.bin": lost})

    found = await fetching(server.url("large.git"))

    with tarfile.open(fetching.archive) as tar:
        assert tar.extractfile("a.bin").read() == content
        assert tar.extractfile("b.bin").read() == lost.encode()
    assert fetching.notes == ["Left as Git LFS pointers: b.bin (1 in all): the server does not have them."]
    assert not found.is_whole


async def test_a_large_file_that_is_another_one_ends_the_fetch(fetching, server) -> None:
    pointer = server.large(b"right")
    digest = pointer.split("sha256:")[1][:64]
    server.objects[digest] = b"wrong"
    server.repository("swapped").commit({".gitattributes": "* filter=lfs\n", "a.bin": pointer})

    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url("swapped.git"))

    assert failed.value.cause == "lfs_content"


@pytest.mark.parametrize(
    ("name", "files", "cause"),
    [
        ("many", {f"f{number}": "" for number in range(101)}, "too_many_entries"),
        ("unpacks", {"zeros": b"\0" * 3_000_000}, "too_many_unpacked"),
        ("receives", {"noise": None}, "too_many_bytes"),
    ],
)
async def test_what_is_too_much_is_ended(fetching, server, name, files, cause) -> None:
    # Bytes of chance, so that nothing packs them.
    server.repository(name).commit(
        {key: os.urandom(4_000_000) if value is None else value for key, value in files.items()}
    )

    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url(f"{name}.git"))

    assert failed.value.cause == cause
    assert not fetching.archive.exists() or fetching.archive.stat().st_size < 10_000_000
