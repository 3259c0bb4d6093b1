import asyncio
import io

import pytest

from support.fake_accounts import OPERATOR
from support.listeners import listening_apart
from support.services import Doubles, entries, make_build, make_deployment
from thakur.api import create_app
from thakur.cli import events
from thakur.cli.client import Client
from thakur.cli.interface import AnswerUnreadable, Refused, ServerAbsent
from thakur.projects import Project, ProjectStatus
from thakur.settings import ClientSettings

LOGS = "projects/shop/builds/3/logs"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(events, "PAUSE_SECONDS", 0.02)


@pytest.fixture
def client(data_dir):
    (data_dir / "run").mkdir(exist_ok=True)
    return Client(ClientSettings.from_env())


def serving(data_dir, lines, *, has_ended):
    doubles = Doubles()
    at = make_deployment().created_at
    doubles.projects.rows.append(Project(id=1, team_id=1, name="shop", status=ProjectStatus.ACTIVE, created_at=at))
    doubles.builds.rows[1, 3] = make_build(1, 3)

    async def operator(scope):
        return OPERATOR

    async def fill():
        await doubles.logs.append(103, entries(*lines))
        if has_ended:
            await doubles.logs.end(103)

    asyncio.run(fill())
    stopping = asyncio.Event()
    if not has_ended:
        tail = doubles.logs.tail

        async def cut(stream_id, after):
            async for batch in tail(stream_id, after):
                yield batch
                stopping.set()

        doubles.logs.tail = cut
    return listening_apart(lambda: create_app(doubles.services(), operator, stopping), data_dir / "run/local.sock")


def test_a_reader_goes_on_behind_the_last_line_after_a_restart(data_dir, client):
    breaks = []
    with serving(data_dir, ["a", "b", "c"], has_ended=False):
        stream = events.follow(client, LOGS, lambda: breaks.append(True))
        seen = [next(stream)["text"] for _ in range(3)]
    with serving(data_dir, ["a", "b", "c", "d", "e"], has_ended=True):
        seen += [line["text"] for line in stream]
    assert seen == ["a", "b", "c", "d", "e"]
    assert breaks == [True]


def test_a_clear_that_is_told_again_after_a_break_is_passed_on_once(client, monkeypatch):
    cleared = ("cleared", {"goes_on_from": 2})
    connections = [[("message", {"number": 1}), cleared], [cleared, ("message", {"number": 2}), ("end", None)]]
    monkeypatch.setattr(events, "_events", lambda *_: iter(connections.pop(0)))
    clears = []
    lines = list(events.follow(client, LOGS, on_clear=lambda: clears.append(True)))
    assert [line["number"] for line in lines] == [1, 2]
    assert clears == [True]


def test_nobody_answering_for_long_ends_it(data_dir, client, monkeypatch):
    monkeypatch.setattr(events, "RECONNECT_SECONDS", 0.1)
    with serving(data_dir, ["a"], has_ended=False):
        stream = events.follow(client, LOGS)
        next(stream)
    with pytest.raises(ServerAbsent):
        next(stream)


def test_nobody_answering_at_first_is_said_at_once(client):
    with pytest.raises(ServerAbsent):
        list(events.follow(client, LOGS))


def test_a_server_that_is_not_ready_after_a_restart_is_waited_for(data_dir, client, monkeypatch):
    with serving(data_dir, ["a"], has_ended=False):
        stream = events.follow(client, LOGS)
        next(stream)
    stream_of, answers = client.stream, []

    def unready(path, headers):
        if len(answers) < 3:
            answers.append(headers["Last-Event-ID"])
            raise Refused({"status": 503, "detail": "The database is away"})
        return stream_of(path, headers)

    monkeypatch.setattr(client, "stream", unready)
    with serving(data_dir, ["a", "b"], has_ended=True):
        assert [line["text"] for line in stream] == ["b"]
    assert answers == ["1"] * 3


def test_a_refusal_is_not_tried_again(data_dir, client):
    with serving(data_dir, [], has_ended=True), pytest.raises(Refused) as refused:
        list(events.follow(client, "projects/shop/builds/4/logs"))
    assert refused.value.is_missing


def test_events_are_read_as_they_were_written():
    text = b': ping\n\nid: 1\ndata: {"number":1,"text":"\xe2\x80\xa8"}\n\nevent: end\ndata: {}\n\nid: 2\ndata: {"nu'
    assert list(events.parse(io.BytesIO(text))) == [
        ("ping", None),
        ("message", {"number": 1, "text": "\u2028"}),
        ("end", None),
    ]


def test_a_line_that_is_no_json_is_said():
    with pytest.raises(AnswerUnreadable):
        list(events.parse(io.BytesIO(b"data: {oops\n\n")))
