"""The proxy's own answers: what each fault says, to a browser and to anybody else."""

import base64
import hashlib

import pytest

from thakur.proxy.dataplane import faults, pages
from thakur.proxy.dataplane.faults import REASONS, Fault

FAULTS = [value for value in vars(faults).values() if isinstance(value, Fault)]


def answer(
    fault: Fault, host: str = "app.test", *, html: bool = True, closes: bool = False, is_head: bool = False
) -> tuple[str, str]:
    head, _, body = pages.answer(fault, host, html=html, closes=closes, is_head=is_head).decode().partition("\r\n\r\n")
    return head, body


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("html", [True, False])
def test_every_fault_has_a_whole_answer(fault, html):
    head, body = answer(fault, html=html)
    assert head.startswith(f"HTTP/1.1 {fault.status} {REASONS[fault.status]}\r\n")
    assert f"Content-Length: {len(body.encode())}\r\n" in head
    assert "Cache-Control: no-store" in head
    assert fault.title in body
    assert "{" not in body.replace(pages.STYLE, "")
    assert len(body) < 6000


def test_the_page_may_bring_its_own_style_and_nothing_else():
    head, body = answer(faults.UNKNOWN_HOST)
    digest = base64.b64encode(hashlib.sha256(pages.STYLE.encode()).digest()).decode()
    assert f"Content-Security-Policy: default-src 'none'; style-src 'sha256-{digest}'; img-src data:" in head
    assert f"<style>{pages.STYLE}</style>" in body
    assert " style=" not in body
    assert "<script" not in body


def test_a_host_is_never_markup():
    _, body = answer(faults.UNKNOWN_HOST, host='<b>"&')
    assert "&lt;b&gt;&quot;&amp;" in body


def test_who_asks_for_the_head_gets_the_head():
    assert answer(faults.UNKNOWN_HOST, is_head=True)[1] == ""
    assert "Connection: close" in answer(faults.UNKNOWN_HOST, closes=True)[0]


def test_the_page_says_whose_fault_it_is():
    assert "No application answers at <b>app.test</b>" in answer(faults.UNKNOWN_HOST)[1]
    assert "closed the connection" in answer(faults.UPSTREAM_BROKEN)[1]
    assert "nothing of it is running" in answer(faults.NO_UPSTREAM)[1]
    assert "took too long" in answer(faults.UPSTREAM_SLOW)[1]
