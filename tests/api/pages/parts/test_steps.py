"""The steps of a number, as its page shows them."""

from support.services import make_build
from thakur.api.pages.parts.history import Chapter
from thakur.api.pages.parts.steps import FAILED, RUNNING, steps_of
from thakur.builds import BuildStatus, Failure, Source, Step

GIT = Source(kind="git", url="https://github.com/ada/shop")


def first_step(**fields) -> tuple[str, str]:
    step = steps_of(Chapter(number=1, build=make_build(1, 1, source=GIT, **fields)))[0]
    return step.name, step.state


def test_asking_for_a_ref_is_a_part_of_the_clone() -> None:
    failure = Failure(code="git_repository_missing", what="There is no repository at this URL.")
    resolving = (Step("resolve", None),)

    assert first_step(status=BuildStatus.RUNNING, steps=resolving) == ("Clone", RUNNING)
    assert first_step(status=BuildStatus.FAILED, steps=(Step("resolve", 0.4),), failure=failure) == ("Clone", FAILED)
