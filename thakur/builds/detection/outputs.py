"""Output directories as configurations and scripts write them."""

import posixpath
import re

from thakur.builds.interface import BuildFailed, Failure

# 'dist', "dist", `dist`, and such inside resolve(__dirname, …) or join(__dirname, …). Every repetition has a bound: these are
# texts of strangers, and nothing else runs while an expression does.
_SPACE = r"\s{0,40}"
_VALUE = (
    rf"{_SPACE}:{_SPACE}(?:(?:path\.)?(?:resolve|join)\({_SPACE}"
    rf"(?:__dirname|import\.meta\.dirname|process\.cwd\(\)){_SPACE},{_SPACE})?['\"`]([^'\"`$\n]{{1,300}})['\"`]"
)


def setting(text: str, name: str) -> str:
    """The text that a configuration gives the name, or nothing."""
    found = re.search(rf"""\b['"]?{name}['"]?{_VALUE}""", text)
    return found[1] if found else ""


def flag(script: str, *names: str) -> str:
    """The value of an option in a script, or nothing."""
    found = re.search(rf"(?:^|\s)(?:{'|'.join(names)})[ =]['\"]?([^\s'\"&|;]{{1,300}})", script)
    return found[1] if found else ""


def inside(tool: str, written: str, base: str = ".") -> str:
    """The directory, below the application's own. Raises BuildFailed when it is another one."""
    output = posixpath.normpath(posixpath.join(base, written))
    if output.startswith(("/", "..")) or output == ".":
        raise BuildFailed(
            Failure(
                code="output_outside",
                what=f"{tool} is told to write to {written}, which is not a directory inside the project.",
                why="Only what the project's own folder holds can be published.",
                next=f"Let {tool} write to a directory such as dist.",
            )
        )
    return output
