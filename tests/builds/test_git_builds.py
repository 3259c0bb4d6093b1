"""Builds of commits: real repositories of this host, a real sandbox, rows in a real database."""

import asyncio
from pathlib import Path

import pytest

from support.building import BuildPlace, make_build
from support.git_server import GitServer, Repository
from support.tarballs import packed_files
from support.waiting import eventually
from thakur.builds import BuildFailed, BuildStatus, GitSource, Source
from thakur.builds.attempts.attempt import Attempt
from thakur.git import GitRefused
from thakur.projects import RepositoryMissing
from thakur.sandbox import LocalSandbox, root_name


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop.git")


def git_attempt(url: str, ref: str = "", number: int = 1) -> Attempt:
    import msgspec

    build = make_build(number, 1, "")
    return Attempt(msgspec.structs.replace(build, source=Source(kind="git", url=url, ref=ref, folder="shop")))


def leftovers(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "data" / "builds" / "1").iterdir() if path.name != "cache"]


async def test_a_commit_becomes_an_artifact_and_the_log_names_it(place: BuildPlace, tmp_path, repository) -> None:
    commit = repository.commit({"index.html": "hello", "css": {"a.css": ""}}, "Say hello")
    attempt = git_attempt(f"file://{repository.path}")

    outcome = await place.pipeline.run(attempt)

    directory = Path(await place.artifacts.directory(1, outcome.packed.digest))
    assert (directory / "index.html").read_text() == "hello"
    assert [step.name for step in outcome.steps][:3] == ["resolve", "clone", "detect"]
    source = attempt.build.source
    assert (source.commit, source.message, source.author) == (commit, "Say hello", "Ada")
    texts = [text for _, text in place.logs.writer(1).lines]
    assert texts[0] == f"HEAD of file://{repository.path} is {commit[:7]}"
    assert texts[1].startswith(f"Cloned {commit[:7]} “Say hello” by Ada: 2 files")
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd", "a/../../b"])
async def test_a_link_that_leaves_the_repository_ends_the_build(place, tmp_path, repository, target) -> None:
    repository.commit({"index.html": "", "evil": ("120000", target)})

    with pytest.raises(BuildFailed) as failed:
        await place.pipeline.run(git_attempt(f"file://{repository.path}"))

    assert failed.value.failure.code == "repository_refused"
    assert "evil" in failed.value.failure.what
    assert leftovers(tmp_path) == []


async def test_a_branch_that_is_gone_is_told_with_those_that_are_close(place, tmp_path, repository) -> None:
    repository.commit({"index.html": ""})

    with pytest.raises(BuildFailed) as failed:
        await place.pipeline.run(git_attempt(f"file://{repository.path}", "mian"))

    failure = failed.value.failure
    assert failure.code == "git_ref_missing"
    assert "Did you mean main?" in failure.next
    assert place.logs.writer(1).lines[-3:] == [
        (place.logs.writer(1).lines[-1][0], text) for text in (failure.what, failure.why, failure.next)
    ]
    assert leftovers(tmp_path) == []


async def test_a_commit_is_built_once_and_again_when_it_moves(house, repository) -> None:
    house.place.arrivals._git._sandbox = LocalSandbox(root_name(house.data_dir))
    house.builds._rules = house.repositories._rules
    first = repository.commit({"index.html": "one"})
    project = await house.project()
    principal = await house.principal()
    url = f"file://{repository.path}"
    asked = [await house.builds.request_git(principal, project.id, GitSource(url=url)) for _ in range(1)]
    await house.jobs.drain()
    asked.append(await house.builds.request_git(principal, project.id, GitSource(url=url)))
    await house.jobs.drain()
    second = repository.commit({"index.html": "two"})
    asked.append(await house.builds.request_git(principal, project.id, GitSource(url=url, ref=second[:10])))
    await house.jobs.drain()

    builds = [await house.look(build) for build in asked]

    assert [build.status for build in builds] == [BuildStatus.SUCCEEDED] * 3
    assert [build.source.commit for build in builds] == [first, first, second]
    assert [build.artifact_id == builds[0].artifact_id for build in builds] == [True, True, False]
    assert [step.name for step in builds[1].steps] == ["resolve", "reuse"]
    assert builds[1].source == builds[0].source, "with the commit's own words, though it was not fetched"
    assert "Nothing is installed or built." in "".join(await house.texts(builds[1]))
    assert house.files() == [name for name in house.files() if not name.startswith(("uploads", "builds"))]


async def test_a_build_without_a_url_is_one_of_the_projects_repository(house) -> None:
    project, principal = await house.project(), await house.principal()
    with pytest.raises(RepositoryMissing):
        await house.builds.request_git(principal, project.id, GitSource())
    await house.repositories.set(principal, project.id, "https://localhost/shop.git", "next")

    own = await house.builds.request_git(principal, project.id, GitSource())
    chosen = await house.builds.request_git(principal, project.id, GitSource(ref="v1"))
    other = await house.builds.request_git(principal, project.id, GitSource(url="https://localhost/other"))

    assert [build.source.ref for build in (own, chosen, other)] == ["next", "v1", ""]
    assert own.source.folder == "shop"
    with pytest.raises(GitRefused, match="THAKUR_GIT_HOSTS"):
        await house.builds.request_git(principal, project.id, GitSource(url="https://example.com/shop"))


async def test_a_token_reaches_the_fetch_and_no_log(place: BuildPlace, repository) -> None:
    url = f"file://{repository.path}"
    place.repositories.tokens[url] = "ada:hunter2-hunter2"
    repository.commit({"index.html": ""}, "hunter2-hunter2 in a message")

    await place.pipeline.run(git_attempt(url))

    redactor = place.logs.redactors[1]
    assert redactor.redact(b"hunter2-hunter2") == b"[redacted]"


async def test_an_upload_is_built_as_before(place: BuildPlace) -> None:
    outcome = await place.build(packed_files({"index.html": ""}))

    assert outcome.steps[0].name == "unpack"
    assert place.attempt.build.source.kind == "upload"


async def test_a_build_that_is_canceled_while_it_fetches_leaves_nothing(place: BuildPlace, tmp_path) -> None:
    server = GitServer(tmp_path)
    place.arrivals._git._passed = {"SSL_CERT_FILE": str(server.certificates.authority)}
    try:
        running = asyncio.ensure_future(place.pipeline.run(git_attempt(server.url("hang/shop.git"))))
        await eventually(lambda: server.requests)
        assert leftovers(tmp_path) == ["1-1.git"]

        running.cancel()
        await asyncio.wait([running])
    finally:
        server.stop()

    assert running.cancelled()
    assert place.sandbox.names() == frozenset()
    assert leftovers(tmp_path) == []


async def test_what_was_built_without_a_part_does_not_stand_for_the_commit(place: BuildPlace, repository) -> None:
    module = '[submodule "theme"]\n\tpath = theme\n\turl = https://127.0.0.1/theme\n'
    repository.commit({"index.html": "", ".gitmodules": module, "theme": ("160000", "1" * 40)})
    attempt = git_attempt(f"file://{repository.path}")

    await place.pipeline.run(attempt)

    assert attempt.inputs_digest is None
    warnings = [text for level, text in place.logs.writer(1).lines if level.value == "warning"]
    assert warnings == ["Left empty: the submodule theme. 127.0.0.1 may not be reached by git."]


async def test_a_fork_s_build_is_lent_nothing_and_leaves_nothing(house, repository) -> None:
    house.place.arrivals._git._sandbox = LocalSandbox(root_name(house.data_dir))
    house.builds._rules = house.repositories._rules
    repository.commit({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""})
    project, principal = await house.project(), await house.principal()
    asked = GitSource(url=f"file://{repository.path}")
    await house.builds.request_git(principal, project.id, asked)
    await house.jobs.drain()
    cache = house.data_dir / "builds" / str(project.id) / "cache"
    before = sorted(cache.rglob("*"))
    foreign = []
    for _ in range(2):
        foreign.append(await house.builds.request_git(principal, project.id, asked, "pr-7"))
        await house.jobs.drain()
    own = await house.builds.request_git(principal, project.id, asked, "git-next")
    await house.jobs.drain()

    seen = [[step.name for step in (await house.look(build)).steps] for build in (*foreign, own)]
    assert ["reuse" in names for names in seen] == [False, False, True]
    assert "Reusing what #1 made" in (await house.texts(own))[1]
    assert (await house.look(foreign[0])).source.is_foreign
    assert sorted(cache.rglob("*")) == before
    assert [path.name for path in cache.parent.iterdir()] == ["cache"]
