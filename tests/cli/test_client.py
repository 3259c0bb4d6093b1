import http.server
import json
import threading
from dataclasses import replace
from typing import ClassVar

import pytest

from thakur.cli.client import Client
from thakur.cli.interface import AnswerUnreadable, ConnectionBroke, Refused
from thakur.settings import ClientSettings


@pytest.fixture
def remote(data_dir):
    """A server behind an address that answers as it is told, and the client for it."""

    class Answering(http.server.BaseHTTPRequestHandler):
        answer = (200, b"{}")
        requests: ClassVar[list] = []
        breaks: ClassVar[list] = []
        answers: ClassVar[list] = []

        def do_GET(self):
            self.requests.append((self.path, dict(self.headers)))
            status, body = self.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.requests.append((self.path, dict(self.headers)))
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.breaks:
                self.breaks.pop()
                self.close_connection = True
                return
            status, body = self.answers.pop(0) if self.answers else self.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        settings = replace(ClientSettings.from_env(), api_url=url, token="thk_x")
        Answering.requests, Answering.breaks, Answering.answers = [], [], []
        yield Answering, settings
        server.shutdown()
        thread.join()


def test_a_token_goes_with_every_request_over_a_url(remote):
    server, settings = remote
    Client(settings).get("projects", limit=5, before=None)
    ((path, headers),) = server.requests
    assert path == "/api/v1/projects?limit=5"
    assert headers["Authorization"] == "Bearer thk_x"


def test_a_url_may_have_a_path(remote):
    server, settings = remote
    Client(replace(settings, api_url=f"{settings.api_url}/thakur/")).get("projects")
    assert server.requests[0][0] == "/thakur/api/v1/projects"


def test_a_problem_becomes_a_refusal(remote):
    server, settings = remote
    server.answer = (422, json.dumps({"status": 422, "detail": "No", "hint": "Try", "field": "name"}).encode())
    with pytest.raises(Refused) as refused:
        Client(settings).get("projects")
    assert (refused.value.message, refused.value.hint, refused.value.is_missing) == ("No", "Try", False)


@pytest.mark.parametrize("answer", [(200, b"<html>"), (502, b"<html>"), (500, b"[]"), (404, b"{}"), (200, b"\xff")])
def test_what_is_no_thakur_is_said(remote, answer):
    server, settings = remote
    server.answer = answer
    with pytest.raises(AnswerUnreadable) as unreadable:
        Client(settings).get("projects")
    assert settings.api_url in unreadable.value.message


def test_the_local_socket_gets_no_token(thakur, server, monkeypatch):
    monkeypatch.setenv("THAKUR_TOKEN", "thk_x")
    assert thakur("projects").status == 0


def test_a_change_whose_answer_was_lost_is_asked_again_under_the_same_key(remote, monkeypatch):
    monkeypatch.setattr("thakur.cli.client.REPEAT_AFTER_SECONDS", (0.01, 0.01))
    server, settings = remote
    server.breaks = [1]
    server.answers = [(409, json.dumps({"status": 409, "detail": "Wait", "code": "request_under_way"}).encode())]

    assert Client(settings).post("projects", {"name": "shop"}) == {}
    assert len(server.requests) == 3
    assert len({headers["Idempotency-Key"] for _, headers in server.requests}) == 1


def test_a_change_is_not_asked_for_ever(remote, monkeypatch):
    monkeypatch.setattr("thakur.cli.client.REPEAT_AFTER_SECONDS", (0.01, 0.01))
    server, settings = remote
    server.breaks = [1, 1, 1, 1]

    with pytest.raises(ConnectionBroke):
        Client(settings).post("projects", {"name": "shop"})
    assert len(server.requests) == 3
