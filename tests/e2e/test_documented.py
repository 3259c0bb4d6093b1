"""Each framework's first page, built as its documentation has it, goes live by the plan of its row."""

from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.documented import DOCUMENTED, Documented
from support.server import Server


@pytest.mark.parametrize("example", DOCUMENTED, ids=lambda example: example.name)
def test_the_first_page_is_live(server: Server, tmp_path: Path, figures: Figures, example: Documented) -> None:
    project = f"documented-{example.name}"

    server.deploy(example.write(tmp_path / "app"), project)

    answer = server.get(project)
    assert (answer.status, example.word in answer.text) == (200, True)
    plan = server.builds(project)[0]["plan"]
    assert (plan["framework"], plan["kind"]) == (example.framework, example.kind)
    steps = " ".join(f"{name} {seconds:.2f}" for name, seconds in server.steps(project).items())
    figures.add(f"{example.name:14} {steps}")
