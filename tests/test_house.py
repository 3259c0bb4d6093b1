"""The house itself: sizes, names, mirrors, documents that must keep up with the code."""

import ast
import asyncio
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.rights import RIGHTS, routes
from support.services import Doubles
from thakur.api import create_app
from thakur.cli.command import make_parser
from thakur.cli.reference import reference
from thakur.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "thakur"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "_migrations" not in path.parts)
FILE_LINES = 300
FUNCTION_LINES = 40
PAGE_LINES = 50

# Longer than the rule, each with its reason. A ceiling, not a licence.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager", "util", "helper"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_stay_small() -> None:
    sizes = {relative(path): len(path.read_text().splitlines()) for path in SOURCES}
    too_long = {name: size for name, size in sizes.items() if size > LONG_FILES.get(name, FILE_LINES)}

    assert not too_long


def test_functions_stay_short() -> None:
    too_long = {
        f"{relative(path)}:{node.name}": length
        for path in SOURCES
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1)
        > LONG_FUNCTIONS.get(f"{relative(path)}:{node.name}", FUNCTION_LINES)
    }

    assert not too_long


def test_no_file_is_named_after_nothing() -> None:
    assert not [relative(path) for path in SOURCES if path.stem in BANNED_NAMES]


def test_every_file_says_what_it_is() -> None:
    texts = {relative(path): path.read_text() for path in SOURCES}

    assert not [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]


def test_templates_hold_no_script_no_style_and_trust_no_text() -> None:
    offences = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\s(?:style|on[a-z]+)=|\|\s*safe\b")
    templates = sorted(PACKAGE.rglob("*.html"))

    assert templates
    assert not [
        f"{relative(path)}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if offences.search(line)
    ]


def test_no_element_has_the_name_of_an_icon() -> None:
    # An icon is drawn from the element of its name, and the first one of that name on the page is taken.
    symbols = set(re.findall(r'<symbol id="([a-z-]+)"', (PACKAGE / "templates" / "icons.svg").read_text()))
    templates = sorted((PACKAGE / "templates").rglob("*.html"))

    assert symbols
    assert not [
        f"{relative(path)}: {name}"
        for path in templates
        for name in re.findall(r'\sid="([a-z-]+)"', path.read_text())
        if name in symbols
    ]


def test_decisions_are_a_page_each_and_numbered_in_turn() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))

    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    assert not [relative(path) for path in decisions if len(path.read_text().splitlines()) > PAGE_LINES]


def test_every_room_has_tests() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"modes", "wiring", "_migrations"}

    assert not [room for room in sorted(rooms) if not list((ROOT / "tests" / room).glob("test_*.py"))]


def test_tests_wait_for_conditions_and_never_sleep() -> None:
    allowed = {"tests/support/waiting.py"}
    sleeping = [
        f"{relative(path)}:{number}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if relative(path) not in allowed and "apps" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\b(?:time|asyncio)\.sleep\((?!0\))", line)
    ]

    assert not sleeping


def test_the_page_of_settings_names_every_setting_with_its_default() -> None:
    text = "".join(path.read_text() for path in (PACKAGE / "settings").glob("*.py"))
    page = (ROOT / "docs" / "configuration.md").read_text()
    rows = dict(re.findall(r"^\| `(THAKUR_[A-Z_]+)` \| (.*?) \|", page, re.MULTILINE))
    settings = Settings.from_env({})

    assert set(re.findall(r'"(THAKUR_[A-Z_]+)"', text)) == set(rows)
    for name, value in (
        ("ADDRESS", settings.address),
        ("HTTP", settings.http),
        ("BASE_DOMAIN", settings.base_domain),
        ("GIT_SCHEMES", settings.git_schemes[0]),
        ("GIT_HOSTS", settings.git_hosts[0]),
    ):
        assert rows[f"THAKUR_{name}"] == f"`{value}`"


def test_no_document_names_a_setting_that_is_not_there() -> None:
    text = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    known = set(re.findall(r"THAKUR_[A-Z_]+", text))
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    told = {
        name: set(re.findall(r"THAKUR_[A-Z_]*[A-Z]", page.read_text())) for page in pages if (name := relative(page))
    }

    assert not {name: words - known for name, words in told.items() if words - known}


def test_the_page_of_the_command_line_is_the_commands_own_help() -> None:
    assert (ROOT / "docs" / "cli.md").read_text() == reference(make_parser()), "run: make cli-page"


def test_the_index_of_documents_leads_to_every_one_of_them() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    told = set(re.findall(r"\]\(([a-z-]+\.md)\)", (ROOT / "docs" / "README.md").read_text()))

    assert pages == told


def test_the_table_of_acceptance_names_tests_that_are_there() -> None:
    file, missing = "", []
    for name in re.findall(r"`([\w/]*(?:\.py)?(?:::test_\w+)?)`", (ROOT / "tests" / "acceptance.md").read_text()):
        path, _, test = name.partition("::")
        file = path or file
        there = ROOT / "tests" / file
        if not there.exists() or (test and f"def {test}(" not in there.read_text()):
            missing.append(f"{file}::{test}")

    assert not missing


def test_nothing_unfinished_is_left_in_the_code() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|HACK)\b|\bXXX\b(?!\w)|NotImplementedError")

    assert not [relative(path) for path in SOURCES if marks.search(path.read_text())]


def test_no_lockfile_names_a_registry() -> None:
    names = {"bun.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}
    places = (ROOT / "examples", ROOT / "tests" / "apps")
    locks = [path for place in places for path in place.rglob("*") if path.name in names]
    locks = [path for path in locks if "node_modules" not in path.parts]

    assert names == {path.name for path in locks}
    assert not [relative(path) for path in locks if "http" in path.read_text()]


def test_every_route_of_the_api_says_who_may() -> None:
    async def nobody(_scope: Any) -> None:
        return None

    app = create_app(Doubles().services(), nobody, asyncio.Event())

    assert set(routes(app)) == set(RIGHTS), "enter the route in tests/support/rights.py"


def test_nothing_that_is_ignored_is_kept_and_no_link_leads_away() -> None:
    def listed(*options: str) -> list[str]:
        command = ["git", "-C", str(ROOT), "ls-files", "-z", *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")[:-1]

    assert not listed("--cached", "--ignored", "--exclude-standard")
    assert not [name for name in listed() if (ROOT / name).is_symlink() and (ROOT / name).readlink().is_absolute()]
