"""Rules about modules: packages that are not installed, files that are not there, names that are not exported."""

import re

from thakur.diagnosis.interface import Command
from thakur.diagnosis.rules.rule import Rule, Sentences, inside, is_harmless, rule, said

_NAME = r"(?P<module>[^'\"`\n]+)"
_FROM = r"(?P<importer>[^'\"`\n]+?)"
_IMPORTERS = ("importer", "requirer")
# Names of folders that an alias of the project's configuration leads to, more often than packages of that name.
_OWN_FOLDERS = {"src", "app", "lib", "components", "config", "server", "shared", "types", "utils", "hooks", "pages"}
_PACKAGE = re.compile(r"(?:@[a-z0-9~][\w.~-]*/)?[a-z0-9~][\w.~-]*", re.IGNORECASE)
# No package and no file of the project either: parts of the runtimes, and what build tools make up.
_NEITHER = re.compile(
    r"(?:node|bun|data|https?|virtual):|\0|(?:assert|async_hooks|child_process|cluster|crypto|dgram|dns|fs|http|http2|https|module|net|os"
    r"|path|perf_hooks|process|readline|stream|timers|tls|tty|v8|vm|worker_threads|zlib)(?:/\w+)?$"
)
_SPELLING = (
    "Check its name: upper and lower case differ here, and what .gitignore names or git does not know is not deployed."
)


def _missing(found: re.Match[str]) -> Sentences:
    module = found["module"].strip()
    importer = inside(next((text for name in _IMPORTERS if (text := found.groupdict().get(name))), "").strip())
    by = f", which {importer} imports," if importer and importer != module else ""
    package = _package(module)
    if package is None:
        return f"The file {module.removeprefix('/app/')}{by} is not among those that were deployed.", _SPELLING
    return (
        f"The package {package}{by} is missing: package.json does not name it among its dependencies, or it was not installed.",
        f"Add it with: bun add {package} - then commit package.json and the lockfile, and deploy again.",
    )


def _package(module: str) -> str | None:
    """The package that holds the module, or None for a file of the project."""
    if module.startswith((".", "/", "~", "#", "@/", "file:", "$")):
        return None
    found = _PACKAGE.match(module)
    return found[0] if found and found[0] not in _OWN_FOLDERS else None


def _either(pattern: str) -> tuple[Rule, Rule]:
    # Which of the two it is, the module's name says.
    def package(found: re.Match[str], _command: Command) -> Sentences | None:
        module = found["module"].strip()
        is_meant = _package(module) and not _NEITHER.match(module) and not is_harmless(found)
        return _missing(found) if is_meant else None

    def file(found: re.Match[str], _command: Command) -> Sentences | None:
        module = found["module"].strip()
        return None if _package(module) or _NEITHER.match(module) or is_harmless(found) else _missing(found)

    return rule("package_missing", pattern, package), rule("file_missing", pattern, file)


MODULES: tuple[Rule, ...] = (
    rule(
        "prisma_not_generated",
        r"@prisma/client did not initialize yet|Query Engine for .* could not (?:be )?(?:found|locate)",
        said(
            "Prisma's client is made by a command of its own, and that was not run.",
            'Let the build script begin with it: "build": "prisma generate && …" - then deploy again.',
        ),
    ),
    rule(
        "native_module_missing",
        r"Could not locate the bindings file|No native build was found for|invalid ELF header"
        r"|was compiled against a different Node\.js version|[Cc]annot find module ['\"][^'\"\n]*\.node['\"]"
        r"|^(?:Error|error): [^\n]*\.node: (?:cannot open|undefined symbol)"
        r"|Cannot find native binding|Cannot find module @rollup/rollup-",
        said(
            "A package brings native code that was not built for this system.",
            "Take a version of it that ships prebuilt files for Linux, and a lockfile that holds them; or another package.",
        ),
    ),
    # bun and node at run time, and tools that run on them.
    *_either(rf"Cannot find (?:module|package) ['\"]{_NAME}['\"](?: (?:imported )?from ['\"]?{_FROM}['\"]?$|\nRequire stack:\n- (?P<requirer>[^\n]+))?"),
    rule(
        "file_missing",
        r"^error: Module not found [\"'](?P<file>[^\"'\n]+)[\"']",
        said("The file {file}, which the command runs, is not among those that were deployed.", _SPELLING),
    ),
    rule(
        "file_missing",
        r"^error: File not found \"(?:/app/)?(?P<file>[^\"\n]+)\"",
        said("The file {file}, which the project imports, is not among those that were deployed.", _SPELLING),
    ),
    # bun build and esbuild.
    *_either(rf"^(?:error: |✘ \[ERROR\] )Could not resolve:? \"{_NAME}\"(?:\. Maybe you need|\n(?:    at |\n    )(?P<importer>[^\n:]+):\d|\n|$)"),
    # Rollup and Vite.
    *_either(rf"Rollup failed to resolve import \"{_NAME}\" from \"{_FROM}\""),
    *_either(rf"Could not (?:resolve|load) \"?{_NAME}\"? (?:from|\(imported by) \"?{_FROM}\"?(?:\)|$)"),
    *_either(rf"Failed to resolve import \"{_NAME}\" from \"{_FROM}\""),
    # webpack and Next.js, where a warning has the same words and no heading.
    *_either(rf"ERROR in {_FROM} \d+:\d+[^\n]*\n(?:Module not found|Error): [^\n]*?Can't resolve '{_NAME}'"),
    *_either(rf"(?:Failed to compile\.?|Build error occurred|failed with \d+ errors?:?)[\s\S]{{0,400}}?(?:^\./(?P<importer>[^\n:]+)[\s\S]{{0,400}}?)?Module not found: [^\n]*?Can't resolve '{_NAME}'"),
    rule(
        "export_missing",
        r"Export named '(?P<name>\w+)' not found in module '(?P<file>[^'\n]+)'"
        r"|^(?:✘ \[ERROR\]|error:) No matching export in \"(?P<file2>[^\"\n]+)\" for import \"(?P<name2>\w+)\""
        r"|\"(?P<name3>\w+)\" is not exported by \"(?P<file3>[^\"\n]+)\""
        r"|does not provide an export named '(?P<name4>\w+)'",
        lambda found, _: (
            f"{_of(found, 'file') or 'A module'} exports no {_of(found, 'name')}, which is imported from it.",
            "Correct the name, or take the version of the package that has it; then deploy again.",
        ),
    ),
)  # fmt: skip


def _of(found: re.Match[str], name: str) -> str:
    return inside(next((text for key, text in found.groupdict().items() if key.startswith(name) and text), ""))
