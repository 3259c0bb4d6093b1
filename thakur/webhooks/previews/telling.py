"""Following previews, so that pull requests are told where they stand."""

from collections.abc import Callable

from thakur.installations import Comment, Comments
from thakur.webhooks.previews.interface import Preview
from thakur.webhooks.previews.standing import Standings
from thakur.webhooks.previews.wording import words


class Telling:
    """`look` is called at every wake and every second."""

    def __init__(self, comments: Comments, standings: Standings, link: Callable[[str, int | None], str]) -> None:
        self._comments = comments
        self._standings = standings
        self._link = link

    async def look(self) -> bool:
        """Note what has changed; whether there is something to tell."""
        comments = await self._comments.every()
        if not comments:
            return False
        previews = await self._standings.of({each.project_id for each in comments})
        return any([await self._note(each, previews) for each in comments])

    async def _note(self, comment: Comment, previews: list[Preview]) -> bool:
        preview = next((each for each in previews if _is_of(comment, each)), None)
        if preview is None and not comment.body:
            # Nothing was said, and there is nothing to say.
            return False
        project = preview.project if preview else _project_of(comment.body)
        body = words(project, preview, is_open=comment.is_open, link=self._link)
        return body != comment.body and await self._comments.tell(comment, body)


def _is_of(comment: Comment, preview: Preview) -> bool:
    is_its = preview.branch == comment.branch if comment.branch else preview.pull_request == comment.pull_request
    return is_its and preview.project_id == comment.project_id


def _project_of(body: str) -> str:
    return body.partition("\n")[0].removeprefix("<!-- thakur:preview:").removesuffix(" -->")
