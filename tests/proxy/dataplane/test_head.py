"""Request heads, and a differential fuzz against llhttp (by httptools): point 1 and 6 of the correctness list."""

import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.head import (
    CHUNKED,
    LENGTH,
    LINE,
    NO_BODY,
    RequestHead,
    host_name,
    read_request,
    split_absolute,
)

FORWARDED = b"X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: "


def read(*fields: bytes, authority: bytes = b"") -> RequestHead:
    return read_request(b"\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n", FORWARDED, authority)


def refused(*fields: bytes) -> int:
    with pytest.raises(Refused) as caught:
        read(*fields)
    return caught.value.fault.status


def sent(head: RequestHead) -> list[bytes]:
    assert head.block.startswith(b"\r\n")
    assert head.block.endswith(b"\r\n\r\n")
    return head.block[2:-4].split(b"\r\n")


ADDED = [b"X-Forwarded-For: 9.9.9.9", b"X-Forwarded-Proto: http", b"X-Forwarded-Host: a.test"]


def test_a_common_head_is_only_added_to():
    head = read(b"Host: a.test", b"Accept: */*", b"Connection: keep-alive")
    assert sent(head) == [b"Host: a.test", b"Accept: */*", b"Connection: keep-alive", *ADDED]
    assert (head.host, head.body, head.closes) == (b"a.test", NO_BODY, False)


@pytest.mark.parametrize("value", [b"+3", b"-1", b"0x3", b"3,3", b"3 3", b"", b"1" * 19, b"3;q=1"])
def test_a_length_that_is_no_plain_number_is_refused(value):
    assert refused(b"Host: a.test", b"Content-Length: " + value) == 400


def test_two_lengths_are_refused_even_when_equal():
    assert refused(b"Host: a.test", b"Content-Length: 3", b"content-length: 3") == 400


def test_length_and_encoding_together_are_refused():
    assert refused(b"Host: a.test", b"Content-Length: 3", b"Transfer-Encoding: chunked") == 400
    assert refused(b"Host: a.test", b"Transfer-Encoding: chunked", b"Content-Length: 3") == 400


@pytest.mark.parametrize(
    "value", [b"gzip, chunked", b"identity", b"chunked, chunked", b"xchunked", b"", b"chunked;q=1", b'"chunked"']
)
def test_an_encoding_other_than_chunked_is_not_implemented(value):
    assert refused(b"Host: a.test", b"Transfer-Encoding: " + value) == 501


def test_two_encodings_are_refused():
    assert refused(b"Host: a.test", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") == 501


def test_chunked_is_known_in_any_case():
    assert read(b"Host: a.test", b"Transfer-Encoding: Chunked").body == CHUNKED


@pytest.mark.parametrize(
    "field",
    [
        b"Name : x",
        b"Name\t: x",
        b" folded",
        b"\tfolded",
        b"Name: a\rb",
        b"Name: a\nb",
        b"Name: a\0b",
        b": x",
        b"Name",
        b"N\xe4me: x",
        b"Na(me: x",
        b"Name: \x7f",
    ],
)
def test_a_field_that_breaks_the_grammar_is_refused(field):
    assert refused(b"Host: a.test", field) == 400
    assert refused(field, b"Host: a.test") == 400


@pytest.mark.parametrize(
    "line",
    [b"GET  / HTTP/1.1", b"GET / HTTP/1.1 ", b"GET\t/ HTTP/1.1", b"GET /\x01 HTTP/1.1", b"GET /\x80 HTTP/1.1", b"get / HTTP/1.1", b"GET / HTTP/1.2",
     b"GET / HTTP/2.0", b"GET / http/1.1", b"GET /", b" GET / HTTP/1.1", b"GET x HTTP/1.1", b"GET / HTTP/1.10", b"GET /a b HTTP/1.1", b"CONNECT a:1 HTTP/1.1"],
)  # fmt: skip
def test_a_request_line_that_breaks_the_grammar_is_refused(line):
    assert LINE(line) is None


def test_exactly_one_host_is_needed():
    assert refused(b"Accept: */*") == 400
    assert refused(b"Host: a.test", b"Host: a.test") == 400
    assert refused(b"Host: a.test", b"host: b.test") == 400
    assert refused(b"Host: a.test", b"Expect: 100-continue", b"Host: b.test") == 400


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"a.test", b"a.test"),
        (b"A.Test", b"a.test"),
        (b"a.test:8080", b"a.test"),
        (b"a.test.", b"a.test"),
        (b"A.test.:80", b"a.test"),
        (b"[::1]:80", b"[::1]"),
    ],
)
def test_a_host_is_known_in_any_way_of_writing_it(value, name):
    assert host_name(value) == name


@pytest.mark.parametrize(
    "value",
    [b"", b"a b", b"a.test:x", b"a@b", b"a/b", b"a,b", b"<b>", b"a.test:80:80", b"[::1", b".a", b"-a", b"a\xe4"],
)
def test_what_is_no_host_is_refused(value):
    with pytest.raises(Refused):
        host_name(value)


def test_the_authority_of_an_absolute_target_wins_over_host():
    assert split_absolute(b"GET", b"http://b.test/x?y") == (b"b.test", b"/x?y")
    assert split_absolute(b"GET", b"http://b.test?y") == (b"b.test", b"/?y")
    assert split_absolute(b"OPTIONS", b"http://b.test") == (b"b.test", b"*")
    head = read(b"Host: a.test", b"Accept: */*", authority=b"b.test")
    assert sent(head) == [b"Host: b.test", b"Accept: */*", *ADDED[:2], b"X-Forwarded-Host: b.test"]
    with pytest.raises(Refused):
        read(b"Host: a.test", authority=b"user@b.test")


def test_what_a_client_says_about_itself_is_dropped():
    head = read(
        b"Host: a.test",
        b"X-Forwarded-For: 1.2.3.4",
        b"x-forwarded-proto: https",
        b"X-Forwarded-Port: 1",
        b"Forwarded: for=1.2.3.4",
        b"X-Real-IP: 1.2.3.4",
        b"Proxy: http://evil.test",
        b"X-Forward: stays",
    )
    assert sent(head) == [b"Host: a.test", b"X-Forward: stays", *ADDED]


def test_hop_by_hop_fields_are_dropped():
    head = read(
        b"Host: a.test",
        b"Connection: close, X-Mine",
        b"X-Mine: 1",
        b"Keep-Alive: 5",
        b"Proxy-Connection: keep-alive",
        b"X-Yours: 2",
    )
    assert sent(head) == [b"Host: a.test", b"X-Yours: 2", *ADDED]
    assert head.closes


def test_nomination_cannot_take_away_what_others_rely_on():
    fields = [b"Host: a.test", b"Content-Length: 3", b"Authorization: x", b"Cookie: y"]
    head = read(*fields, b"Connection: Host, content-length, transfer-encoding, Authorization, cookie")
    assert sent(head) == [*fields, *ADDED]
    assert (head.body, head.length) == (LENGTH, 3)


def test_te_is_kept_for_trailers_only():
    assert b"TE: trailers" in sent(read(b"Host: a.test", b"TE: trailers", b"Connection: te"))
    assert b"TE: gzip" not in sent(read(b"Host: a.test", b"TE: gzip"))
    assert b"TE: trailers, gzip" not in sent(read(b"Host: a.test", b"TE: trailers, gzip"))


def test_an_upgrade_is_passed_on_unless_it_is_h2c():
    head = read(b"Host: a.test", b"Connection: keep-alive, Upgrade", b"Upgrade: websocket")
    assert sent(head) == [b"Host: a.test", b"Upgrade: websocket", *ADDED, b"Connection: upgrade"]
    assert head.upgrades
    head = read(b"Host: a.test", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAA")
    assert (sent(head), head.upgrades) == ([b"Host: a.test", *ADDED], False)
    assert not read(b"Host: a.test", b"Upgrade: websocket").upgrades
    assert not read(b"Host: a.test", b"Connection: upgrade", b"Upgrade: websocket", b"Content-Length: 1").upgrades


def test_only_100_continue_can_be_expected():
    assert read(b"Host: a.test", b"Expect: 100-Continue").expects
    assert refused(b"Host: a.test", b"Expect: 200-ok") == 417


def test_more_than_a_hundred_fields_are_too_many():
    fields = [b"Host: a.test", *(b"X-%d: y" % number for number in range(99))]
    assert read(*fields).host == b"a.test"
    assert refused(*fields, b"X: y") == 431


# -- llhttp as the second opinion --


class _Llhttp:
    def __init__(self) -> None:
        self.is_complete = False
        self.body = b""

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.is_complete = True


def _llhttp_body(data: bytes) -> int | None:
    """How many body bytes llhttp counts, or None when it refuses the message."""
    listener = _Llhttp()
    parser = httptools.HttpRequestParser(listener)
    try:
        parser.feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    return len(listener.body) if listener.is_complete else None


NAMES = st.sampled_from(
    [
        b"Host",
        b"Content-Length",
        b"content-length",
        b"Transfer-Encoding",
        b"Accept",
        b"X-A",
        b"Connection",
        b"Name ",
        b"",
        b"N\0",
        b" X",
        b"Te",
        b"Expect",
        b"A(b",
    ]
)
VALUES = st.sampled_from(
    [
        b"a.test",
        b"3",
        b"3",
        b"03",
        b"+3",
        b"3,3",
        b"",
        b"chunked",
        b"Chunked",
        b"gzip",
        b"close",
        b"keep-alive",
        b"a\rb",
        b"a\nb",
        b"a\0b",
        b"\xe4",
        b" x\t",
        b"\x01",
        b"0",
        b"\x7f",
    ]
) | st.binary(max_size=6)
SEPARATORS = st.sampled_from([b": ", b":", b" : ", b":\t", b" ", b":  "])
ENDS = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\r\n"])
FIELDS = st.lists(st.tuples(NAMES, SEPARATORS, VALUES, ENDS).map(b"".join), max_size=5).map(b"".join)
LINES = st.sampled_from(
    [b"POST / HTTP/1.1"] * 8
    + [
        b"POST /a?b=c HTTP/1.1",
        b"POST  / HTTP/1.1",
        b"POST /\t HTTP/1.1",
        b"POST / HTTP/1.1 ",
        b"POST / HTP/1.1",
        b"POST /\x7f HTTP/1.1",
    ]
)
BODY = b"3\r\nabc\r\n0\r\n\r\n"


@settings(max_examples=1500, deadline=None)
@given(LINES, FIELDS)
def test_what_llhttp_refuses_is_refused_and_what_both_take_frames_equally(line, fields):
    host = b"Host: a.test\r\n"
    head = line + b"\r\n" + host + fields + b"\r\n"
    end = head.find(b"\r\n\r\n") + 4
    line_end = head.find(b"\r\n")
    try:
        if LINE(head, 0, line_end) is None:
            return
        ours = read_request(head[line_end:end], FORWARDED)
    except Refused:
        return
    body = {NO_BODY: b"", LENGTH: b"x" * ours.length, CHUNKED: BODY}[ours.body]
    expected = {NO_BODY: 0, LENGTH: ours.length, CHUNKED: 3}[ours.body]
    if ours.length > 1000:
        return
    assert _llhttp_body(head[:end] + body) == expected, head
    if not ours.upgrades:
        # What is sent upstream must mean the same to whoever reads it there.
        assert _llhttp_body(line + ours.block + body) == expected, ours.block
