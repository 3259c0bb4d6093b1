"""What a person typed, checked before anything runs. Pure."""

from thakur.git.explaining import explain
from thakur.git.fetching import addresses, refs, urls
from thakur.git.fetching.stops import Stopped
from thakur.git.interface import GitRefused, GitRules


def check_url(text: str, rules: GitRules) -> str:
    """The URL as it is kept: without what is the same without it. Raises GitRefused."""
    try:
        url = urls.parse(text.strip(), rules.schemes)
        if url.scheme != "file":
            addresses.check_host(url.host, rules.hosts)
    except Stopped as stopped:
        raise _refused(stopped, "git_url") from stopped
    return url.text


def check_ref(text: str) -> str:
    """The ref as it is kept. Raises GitRefused."""
    try:
        refs.check(text)
    except Stopped as stopped:
        raise _refused(stopped, "ref") from stopped
    return text


def folder_of(url: str) -> str:
    """The name of the repository that a checked URL leads to."""
    return urls.parse(url, urls.SUPPORTED).name


def _refused(stopped: Stopped, field: str) -> GitRefused:
    said = explain(stopped.code, stopped.facts)
    return GitRefused(" ".join(filter(None, (said.what, said.why))), hint=said.next, field=field)
