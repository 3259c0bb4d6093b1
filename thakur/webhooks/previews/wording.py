"""What a pull request is told, in GitHub's Markdown. Nothing in it that others wrote can do anything there. Pure."""

import unicodedata
from collections.abc import Callable

from thakur.webhooks.previews.interface import Preview, PreviewStatus

TEXT_CHARACTERS = 200
COMMIT_CHARACTERS = 7

_S = PreviewStatus
_SAYS = {
    _S.BUILDING: "is being built",
    _S.DEPLOYING: "is being deployed",
    _S.LIVE: "is live",
    _S.FAILED: "could not be deployed",
    _S.ENDED: "was canceled",
    _S.HELD: "is not built now",
    _S.NEW: "is about to be built",
}


def marker(project: str) -> str:
    """By what the comment of a project is known, and what nobody sees."""
    return f"<!-- thakur:preview:{project} -->"


def words(project: str, preview: Preview | None, *, is_open: bool, link: Callable[[str, int | None], str]) -> str:
    """The whole comment. `link` is where a project's previews are shown, or its deployment of that number."""
    return "\n\n".join((marker(project), *_lines(project, preview, is_open=is_open, link=link)))


def code(text: str) -> str:
    """A stranger's text as one that is only shown: no mention, no link and no markup begins within backticks."""
    kept = "".join(" " if _is_unseen(each) else each for each in text.replace("`", "'"))
    kept = " ".join(kept.split())
    return f"`{kept[:TEXT_CHARACTERS]}`" if kept else ""


def _lines(
    project: str, preview: Preview | None, *, is_open: bool, link: Callable[[str, int | None], str]
) -> list[str]:
    if not is_open:
        return [f"**{project}**: this pull request is closed, and its preview is gone."]
    if preview is None:
        return [f"**{project}**: there is no preview of this pull request any more."]
    if preview.status is _S.WAITING:
        commit = (preview.waits_for or "")[:COMMIT_CHARACTERS]
        asked = f"It is built when a member of the team approves it [in the dashboard]({link(project, None)})"
        waits = f"**{project}**: {code(commit)} comes from a fork. {asked}; it is given no env vars."
        return [waits, *_still_live(preview)]
    return [
        f"**{project}**: the preview{_of(preview)} {_SAYS[preview.status]}.",
        *([f"**[{preview.url}]({preview.url})**"] if preview.live else []),
        *([f"Why: {code(preview.why)}"] if preview.why else []),
        *([f"[Log of #{preview.number}]({link(project, preview.number)})"] if preview.number else []),
    ]


def _of(preview: Preview) -> str:
    return f" of {code(preview.commit[:COMMIT_CHARACTERS])}" if preview.commit else ""


def _still_live(preview: Preview) -> list[str]:
    return [f"What was approved before is live: **[{preview.url}]({preview.url})**"] if preview.live else []


def _is_unseen(character: str) -> bool:
    # Controls, marks that turn the direction of text, and what else is not seen.
    return unicodedata.category(character).startswith("C") or character in "\u2028\u2029"
