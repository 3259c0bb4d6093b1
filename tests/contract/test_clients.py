"""Others' clients of GitHub against the stand-in: octokit with its OAuth methods and its receiver of webhooks, and githubkit."""

from support.foreign import CONTRACT, steps


def test_octokit_finds_everything_as_on_github(node, given, judge, figures) -> None:
    told = steps([str(node), str(CONTRACT / "octokit.mjs"), str(given)])

    assert len(told) >= 25
    assert judge.problems == []
    figures.append(f"octokit: {len(told)} steps")


def test_githubkit_parses_every_answer(githubkit, given, judge, figures) -> None:
    told = steps([str(githubkit), str(CONTRACT / "with_githubkit.py"), str(given)])

    assert len(told) >= 12
    assert judge.problems == []
    figures.append(f"githubkit: {len(told)} steps")
