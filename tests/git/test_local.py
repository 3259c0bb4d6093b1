"""Fetching from a real server, in a real sandbox."""

import asyncio
import tarfile
from pathlib import Path

import pytest

from support.connect_proxy import ConnectProxy
from support.git_server import TOKEN, git
from support.waiting import eventually
from thakur.git import FetchFailed, GitRefused, Wanted

SCRIPT = "#!/bin/sh\n"


@pytest.fixture(scope="session")
def shop(server):
    repository = server.repository("shop")
    files = {"index.html": "one", "bin": {"run": ("100755", SCRIPT)}, "link": ("120000", "index.html")}
    repository.first = repository.commit(files, "First\n\nwith a body")
    git(repository.path, "tag", "-a", "v1", "-m", "first", repository.first)
    repository.second = repository.commit({"index.html": "two"})
    git(repository.path, "update-ref", "refs/heads/topic", repository.first)
    return repository


def names(archive: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(archive) as tar:
        return {member.name: member for member in tar}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def content(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        return tar.extractfile(name).read()


async def test_the_default_branch_is_fetched_with_its_commit(fetching, server, shop) -> None:
    commit = await fetching(server.url("shop.git"))

    assert (commit.id, commit.subject, commit.author, commit.is_whole) == (shop.second, "Add files", "Ada", True)
    assert content(fetching.archive, "index.html") == b"two"


async def test_a_tag_is_its_commit_and_modes_and_links_are_kept(fetching, server, shop) -> None:
    commit = await fetching(server.url("shop.git"), "v1")

    assert (commit.id, commit.subject) == (shop.first, "First")
    found = names(fetching.archive)
    assert sorted(found) == ["bin/run", "index.html", "link"]
    assert found["bin/run"].mode == 0o755
    assert found["link"].linkname == "index.html"


@pytest.mark.parametrize("length", [40, 8])
async def test_a_commit_that_no_branch_leads_to_is_found_in_the_history(fetching, server, length) -> None:
    repository = server.repository(f"history-{length}")
    first = repository.commit({"a": "1"})
    repository.commit({"a": "2"})

    commit = await fetching(server.url(f"history-{length}.git"), first[:length])

    assert commit.id == first
    assert content(fetching.archive, "a") == b"1"


@pytest.mark.parametrize(
    ("path", "ref", "token", "cause"),
    [
        ("shop.git", "topc", "", "ref_missing"),
        ("shop.git", "0" * 40, "", "commit_missing"),
        ("missing.git", "", "", "repository_missing"),
        ("private/shop.git", "", "", "credentials_needed"),
        ("private/shop.git", "", "wrong", "credentials_refused"),
        ("private/forbidden.git", "", "wrong", "credentials_refused"),
        ("hang/shop.git", "", "", "no_progress"),
        ("objects/nothing", "", "", "repository_missing"),
    ],
)
async def test_what_goes_wrong_has_its_own_reason(fetching, server, shop, path, ref, token, cause) -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url(path), ref, token)

    assert failed.value.cause == cause
    assert failed.value.why
    assert failed.value.hint
    assert "wrong" not in failed.value.message + failed.value.hint


async def test_a_token_opens_a_private_repository(fetching, server, shop) -> None:
    assert (await fetching(server.url("private/shop.git"), token=TOKEN)).id == shop.second


async def test_a_token_is_nowhere_to_be_seen(fetching, server, shop) -> None:
    server.logins.clear()
    waiting = asyncio.ensure_future(fetching(server.url("hang/shop.git"), token=TOKEN))
    await eventually(lambda: any(server.logins))

    told = [_content(process / name) for process in Path("/proc").glob("[0-9]*") for name in ("cmdline", "environ")]
    with pytest.raises(FetchFailed):
        await waiting
    files = [path.read_bytes() for path in fetching.base.rglob("*") if path.is_file()]

    assert TOKEN.encode() not in b"".join(told + files)


async def test_a_redirect_to_a_private_address_is_refused(fetching, server, shop) -> None:
    server.requests.clear()
    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url(f"to/127.0.0.1:{server.port}/shop.git"))

    assert failed.value.cause == "host_refused"
    assert len(server.requests) == 1, "nobody connected to where it leads"
    fetching.hosts = ("localhost", "public")
    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url(f"to/127.0.0.1:{server.port}/shop.git"))
    assert failed.value.cause == "address_refused"
    assert "THAKUR_GIT_HOSTS" in failed.value.hint


async def test_a_redirect_is_followed_where_git_may_go_but_not_with_a_token(fetching, server, shop) -> None:
    fetching.hosts = ("localhost", "127.0.0.1")
    url = server.url(f"to/127.0.0.1:{server.port}/shop.git")

    assert (await fetching(url)).id == shop.second
    server.logins.clear()
    with pytest.raises(FetchFailed) as failed:
        await fetching(url, token=TOKEN)

    assert failed.value.cause == "redirect_refused"
    assert len(server.logins) == 1


async def test_a_private_address_is_refused_by_its_name_too(fetching, server) -> None:
    fetching.hosts = ("public",)
    with pytest.raises(GitRefused, match="no public address"):
        await fetching(server.url("shop.git", host="127.0.0.1"))
    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url("shop.git"))
    assert failed.value.cause == "address_refused"


async def test_a_certificate_that_nobody_vouches_for_is_refused(fetching, server, shop) -> None:
    fetching.passed = {}
    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url("shop.git"))

    assert failed.value.cause == "tls"
    assert "SSL_CERT_FILE" in failed.value.hint


async def test_a_repository_of_this_host_needs_the_operators_word(fetching, shop) -> None:
    with pytest.raises(GitRefused, match="THAKUR_GIT_SCHEMES"):
        await fetching(f"file://{shop.path}")

    fetching.schemes = ("file",)
    assert (await fetching(f"file://{shop.path}", "topic")).id == shop.first


async def test_a_fetch_that_takes_too_long_is_ended_with_all_its_processes(fetching, server) -> None:
    fetching.seconds = 0.7
    with pytest.raises(FetchFailed) as failed:
        await fetching(server.url("hang/shop.git"))

    assert failed.value.cause == "too_slow"
    assert fetching.sandbox.names() == frozenset()


async def test_a_fetch_that_is_canceled_leaves_no_process(fetching, server) -> None:
    server.requests.clear()
    work = fetching.git().resolve(Wanted(url=server.url("hang/shop.git")), fetching.place())
    waiting = asyncio.ensure_future(work)
    await eventually(lambda: server.requests)

    waiting.cancel()
    await asyncio.wait([waiting])

    assert fetching.sandbox.names() == frozenset()


async def test_a_proxy_of_this_place_is_used_also_for_names_that_only_it_knows(fetching, server, shop) -> None:
    proxy = ConnectProxy(("127.0.0.1", server.port))
    try:
        fetching.passed |= {"HTTPS_PROXY": proxy.url}
        assert (await fetching(server.url("shop.git"))).id == shop.second

        fetching.hosts = ("public",)
        with pytest.raises(FetchFailed) as failed:
            await fetching("https://only-the-proxy-knows.invalid/shop.git")
    finally:
        proxy.stop()

    assert failed.value.cause == "tls", "it was reached, and its certificate is another host's"
    assert set(proxy.targets) == {f"localhost:{server.port}", "only-the-proxy-knows.invalid:443"}
