"""The folder of one application, as a row of the table looks at it."""

import msgspec

from thakur.builds.detection.manifest import Manifest
from thakur.builds.detection.scripts import start_script, started_file
from thakur.builds.detection.tree import Tree

_ENTRIES = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "src/")
    for name in ("server", "index", "app", "main")
    for suffix in ("ts", "mts", "tsx", "js", "mjs", "cjs", "jsx")
)
_SUFFIXES = ("ts", "mts", "cts", "js", "mjs", "cjs")

Command = tuple[str, ...]


class Folder(msgspec.Struct, frozen=True):
    """Names and texts seen from the application's directory, and its package.json when there is one.

    `is_told_start` says that the project's own settings start it, whatever its scripts say.
    """

    tree: Tree
    manifest: Manifest | None
    is_told_start: bool = False

    def needs(self, *names: str) -> bool:
        """Whether package.json names one of these dependencies."""
        return self.manifest is not None and self.manifest.needs(*names)

    def major(self, name: str) -> int | None:
        """The first number of the version that package.json asks for."""
        return self.manifest.major(name) if self.manifest else None

    def script(self, name: str) -> str:
        """The text of a script, or nothing."""
        return self.manifest.scripts.get(name, "").strip() if self.manifest else ""

    def config(self, stem: str) -> str:
        """The text of `stem.config.ts` or of one of its kin."""
        return next((text for suffix in _SUFFIXES if (text := self.tree.text(f"{stem}.config.{suffix}"))), "")

    def has_config(self, stem: str) -> bool:
        return self.tree.has(*(f"{stem}.config.{suffix}" for suffix in _SUFFIXES))

    @property
    def is_workspace(self) -> bool:
        """Whether it holds other applications; its own tools are theirs."""
        return self.tree.has("pnpm-workspace.yaml") or bool(self.manifest and self.manifest.workspaces)

    @property
    def is_started(self) -> bool:
        """Whether somebody says how a server for visitors is started."""
        return self.is_told_start or (self.manifest is not None and start_script(self.manifest) is not None)

    @property
    def entry(self) -> str | None:
        """The file that is the server: `main`, or one whose name says so."""
        main = self.manifest.main.removeprefix("./") if self.manifest else ""
        if main and self.tree.has(main):
            return main
        return next((entry for entry in _ENTRIES if self.tree.has(entry)), None)

    def build_script(self) -> Command | None:
        """The build script, if there is one."""
        return ("bun", "run", "build") if self.script("build") else None

    def build_by(self, *command: str) -> Command:
        """The build script, else the framework's own command."""
        return self.build_script() or ("bun", "run", *command)

    def start_command(self, *otherwise: str) -> Command:
        """The start script, as the file that it runs when it does nothing else; or the command given; or the entry."""
        if self.manifest is not None and start_script(self.manifest) is not None:
            file = started_file(self.manifest)
            return ("bun", file) if file else ("bun", "--bun", "run", "start")
        if otherwise or self.entry is None:
            return otherwise
        return ("bun", self.entry)
