import asyncio
from pathlib import Path

import pytest

from support.fake_proxy import FakeProxy, get
from support.local_edges import Bench, bench
from thakur.proxy import Answer
from thakur.runtime import DeploymentRefused, HealthCheck
from thakur.runtime.edge import health


async def _refused(
    started: Bench, app: str, within_seconds: float, env: dict[str, str] | None = None
) -> DeploymentRefused:
    await started.edge.prepare(started.order(app, within_seconds=within_seconds, env=env or {}))
    with pytest.raises(DeploymentRefused) as refused:
        await started.edge.check(1)
    return refused.value


async def test_two_good_answers_in_a_row_are_healthy(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("ok"))
        checked = await started.edge.check(1)

        assert checked.status == 200
        assert checked.attempts == len(started.fake_proxy.probes) == 2, "asked only once the replica listens"


async def test_a_server_that_opens_another_port_first_is_waited_for(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("slow_start"))

        assert (await started.edge.check(1)).status == 200


async def test_a_crash_on_start_fails_at_once_with_the_application_s_words(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        began_at = asyncio.get_running_loop().time()
        refused = await _refused(started, "exits", 60, {"EXIT_CODE": "7"})

        assert asyncio.get_running_loop().time() - began_at < 5
        assert refused.failure.code == "env_var_missing"
        assert "env set DATABASE_URL --project shop" in refused.failure.next
        assert "exited with code 7" in refused.failure.what
        assert refused.output == ("reading the configuration", "no DATABASE_URL")


async def test_a_program_that_is_no_server_is_told_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        refused = await _refused(started, "exits", 60, {"EXIT_CODE": "0"})

        assert refused.failure.code == "exited_at_once"


async def test_a_server_on_another_port_is_told_where_it_listens(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        refused = await _refused(started, "wrong_port", 0.6)

        (line,) = refused.output
        port = line.removeprefix("listening on ")
        assert refused.failure.code == "wrong_port"
        assert f"listens on {port} instead of PORT=2" in refused.failure.what


async def test_errors_are_no_good_answers(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        refused = await _refused(started, "answers_500", 0.6)

        assert refused.failure.code == "unhealthy"
        assert "GET / answered 500" in refused.failure.what
        assert "cannot reach the database" in refused.output


async def test_a_process_that_never_listens_is_told_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        assert (await _refused(started, "never_listens", 0.5)).failure.code == "never_listened"


async def test_a_neighbour_on_the_port_cannot_answer_the_health_check(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        writer.close()

    async with bench(tmp_path) as started:
        prepared = await started.edge.prepare(started.order("never_listens", within_seconds=0.5))
        async with await asyncio.start_server(answer, "127.0.0.1", prepared.ports[0]):
            assert await get(prepared.ports[0]) == (200, "hi")
            with pytest.raises(DeploymentRefused) as refused:
                await started.edge.check(1)

        assert refused.value.failure.code == "never_listened"
        assert started.fake_proxy.probes == []


async def test_one_bad_answer_starts_the_count_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([200, 503, 200, 404])

    async def probe(self: FakeProxy, pool_id: str, host: str, path: str, within_seconds: float) -> Answer:
        assert (host, path) == ("shop.localhost", "/up")
        return Answer(next(answers), 0.0)

    monkeypatch.setattr(FakeProxy, "probe", probe)
    async with bench(tmp_path) as started:
        check = HealthCheck(path="/up", within_seconds=5)
        await started.edge.prepare(started.order("ok", health=check))

        checked = await started.edge.check(1)

        assert checked.status == 404, "a page that is missing is an answer"
        assert list(answers) == []


async def test_static_files_are_checked_the_same_way(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.static_order({"index.html": "<h1>hi</h1>"}))
        await started.edge.prepare(started.static_order({"readme.txt": "no index"}, deployment_id=2))

        assert (await started.edge.check(1)).status == 200
        assert (await started.edge.check(2)).status == 404


async def test_no_answer_is_told_with_its_reason(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        refused = await _refused(started, "silent", 0.5)

        assert refused.failure.code == "unhealthy"
        assert "got no answer" in refused.failure.what


@pytest.mark.parametrize(
    ("app", "words"),
    [
        ("never_listens", "the application runs and has opened no port. It has 1 s more."),
        ("answers_500", "GET / answered 500. It has 1 s more."),
        ("wrong_port", "The application listens on "),
    ],
)
async def test_what_is_seen_is_said_before_the_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: str, words: str
) -> None:
    monkeypatch.setattr(health, "SAID_AFTER_SECONDS", 0.2)
    async with bench(tmp_path) as started:
        await _refused(started, app, 0.8)

        assert [words in line for line in await started.edge.seen(1)].count(True) == 1


async def test_a_program_that_does_nothing_is_not_waited_for_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "IDLE_SECONDS", 0.5)
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("exports_and_lives", within_seconds=20))
        checked = await started.edge.check(1)

        assert "what its entry file exports is served" in checked.notes[0]
        assert checked.notes == await started.edge.seen(1)


async def test_a_program_that_computes_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "IDLE_SECONDS", 0.5)
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("computes_first", within_seconds=20))

        assert (await started.edge.check(1)).notes == ()


async def test_all_starts_together_have_the_time_of_one(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        refused = await _refused(started, "never_listens", 1.0)

        assert refused.failure.code == "never_listened"
        assert not any("started again" in line for line in refused.output)
