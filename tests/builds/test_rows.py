"""Structs as JSON columns keep them."""

import msgspec

from thakur.builds import Failure, Plan, Step
from thakur.builds.rows import plain


def test_structs_come_back_as_they_went() -> None:
    plan = Plan(framework="Vite", kind="static", install=("bun", "install"), output="dist", notes=("x",))

    assert msgspec.convert(plain(plan), Plan) == plan
    assert msgspec.convert(plain((Step("build", 1.5),)), list[Step]) == [Step("build", 1.5)]


def test_what_json_columns_cannot_hold_is_replaced() -> None:
    stored = plain(Failure(code="x", what="a\0b \udcff"))

    assert stored["what"] == "a\ufffdb ?"
