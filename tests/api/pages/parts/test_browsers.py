import pytest

from thakur.api.pages.parts.browsers import browser


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/537.36 Chrome/138.0 Safari/537.36",
            "Chrome on macOS",
        ),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent, name):
    assert browser(user_agent) == name
