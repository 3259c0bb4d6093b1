"""Response heads, with llhttp (by httptools) as the second opinion: point 2 of the correctness list."""

import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.head import CHUNKED, LENGTH, NO_BODY, UNTIL_CLOSE
from thakur.proxy.dataplane.response import ResponseHead, read_response


def read(*fields: bytes, line: bytes = b"HTTP/1.1 200 OK") -> ResponseHead:
    return read_response(b"\r\n".join([line, *fields, b"", b""]))


def test_a_common_head_is_forwarded_untouched():
    head = read(b"Content-Type: text/plain", b"Content-Length: 5", b"Connection: keep-alive")
    assert head.forwarded is head.raw
    assert (head.body, head.length, head.closes) == (LENGTH, 5, False)


def test_a_visitor_that_goes_is_told_so_once():
    head = read(b"Content-Length: 5", b"connection: keep-alive")
    assert head.closing() == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
    head = read(b"Transfer-Encoding: chunked", b"Connection: close")
    assert head.closing_plain() == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    assert head.forwarded == b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("line", "fields", "body", "closes"),
    [
        (b"HTTP/1.1 200 OK", [b"Transfer-Encoding: chunked"], CHUNKED, False),
        (b"HTTP/1.1 200", [b"Content-Length: 5"], LENGTH, False),
        (b"HTTP/1.1 200 OK", [], UNTIL_CLOSE, True),
        (b"HTTP/1.0 200 OK", [b"Content-Length: 5"], LENGTH, True),
        (b"HTTP/1.1 204 No Content", [], NO_BODY, False),
        (b"HTTP/1.1 304 Not Modified", [b"Content-Length: 5"], NO_BODY, False),
        (b"HTTP/1.1 103 Early Hints", [b"Link: x"], NO_BODY, False),
        (b"HTTP/1.1 200 OK", [b"Content-Length: 5", b"Connection: close"], LENGTH, True),
    ],
)
def test_the_framing_is_read_from_the_head(line, fields, body, closes):
    head = read(*fields, line=line)
    assert (head.body, head.closes) == (body, closes)


def test_event_streams_are_known():
    assert read(b"Content-Type: text/event-stream; charset=utf-8", b"Transfer-Encoding: chunked").is_stream
    assert not read(b"Content-Type: text/html", b"Content-Length: 1").is_stream


class _Llhttp:
    def __init__(self) -> None:
        self.is_complete = False
        self.body = b""

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.is_complete = True


NAMES = st.sampled_from(
    [b"Content-Length", b"content-length", b"Transfer-Encoding", b"Connection", b"X-A", b"A b", b"", b"X\0"]
)
VALUES = st.sampled_from(
    [b"3", b"3", b"+3", b"3, 3", b"", b"chunked", b"Chunked", b"gzip", b"close", b"a\rb", b"a\nb", b"\xe4", b"\x01"]
)
FIELDS = st.lists(
    st.tuples(NAMES, st.sampled_from([b": ", b":", b" : "]), VALUES, st.sampled_from([b"\r\n"] * 9 + [b"\n"])).map(
        b"".join
    ),
    max_size=4,
)


@settings(max_examples=800, deadline=None)
@given(FIELDS.map(b"".join))
def test_what_llhttp_refuses_is_refused_and_what_both_take_frames_equally(fields):
    raw = b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n"
    raw = raw[: raw.find(b"\r\n\r\n") + 4]
    try:
        head = read_response(raw)
    except Refused:
        return
    body = {LENGTH: b"x" * head.length, CHUNKED: b"3\r\nabc\r\n0\r\n\r\n", UNTIL_CLOSE: b"until"}[head.body]
    expected = {LENGTH: head.length, CHUNKED: 3, UNTIL_CLOSE: 5}[head.body]
    # Two equal lengths are the one thing that is forgiven, and sent on as one.
    for told in (head.forwarded, head.closing()):
        listener = _Llhttp()
        httptools.HttpResponseParser(listener).feed_data(told + body)
        assert len(listener.body) == expected, told
        assert listener.is_complete == (head.body != UNTIL_CLOSE)
