"""An App that somebody has just made by a manifest: GitHub gives what proves it once, for a code."""

import re

import msgspec

from thakur.errors import Invalid
from thakur.github.interface import Account, NotThere, RequestRefused
from thakur.github.rest import Rest

# Whoever asks so is no App yet.
PAYER = "manifests"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,255}")


class AppMade(msgspec.Struct, frozen=True, kw_only=True):
    """The App with its secrets, as they are told this once. Without a webhook it has no secret for one."""

    id: int
    slug: str
    client_id: str
    client_secret: str
    pem: str
    html_url: str = ""
    webhook_secret: str | None = None
    owner: Account | None = None

    def __repr__(self) -> str:
        return f"AppMade({self.id})"


class CodeUnusable(Invalid):
    """GitHub gives nothing for the code: it was used, is older than an hour, or was never one."""

    code = "github_code_unusable"


async def made_by(rest: Rest, code: str) -> AppMade:
    """What the code stands for. Raises CodeUnusable, GitHubUnavailable."""
    if not _CODE.fullmatch(code):
        raise _unusable()
    try:
        # If an answer is lost, the code is used up whether it is asked again or not.
        answer = await rest.ask(PAYER, "POST", f"/app-manifests/{code}/conversions", "", is_repeatable=True)
    except (NotThere, RequestRefused) as error:
        raise _unusable() from error
    return msgspec.convert(answer.data, AppMade, strict=False)


def _unusable() -> CodeUnusable:
    return CodeUnusable(
        "GitHub has given this App's secrets away already, or an hour has passed",
        hint="If the App is in the list, all is well. If not, delete it on GitHub and connect again.",
    )
