"""Commands as people write them, and as they are shown to people."""

import re
import shlex

# Programs of installed packages go by their names, as they do in scripts of package.json.
_PRELUDE = 'export PATH="$PWD/node_modules/.bin:/app/node_modules/.bin:$PATH"\n'
_SHELL_ONLY = re.compile(r"[;&|<>()$`\n{}]")

Command = tuple[str, ...]


def shell(text: str) -> Command:
    """What runs the text as a shell does. Only ever inside a sandbox."""
    return ("sh", "-c", _PRELUDE + text)


def shell_start(text: str) -> Command:
    """The same for what goes on running: a single command takes the shell's place, so that signals reach it."""
    return shell(text if _SHELL_ONLY.search(text) else f"exec env {text}")


def under(runtime: str, command: Command) -> Command:
    """A bun command as it runs on that runtime; what people write themselves stays as it is."""
    if runtime == "bun":
        return ("bun", *command[1:]) if command[:1] == ("node",) else command
    if command[:2] == ("bun", "--bun"):
        # The program's own first line names node.
        return ("bun", *command[2:])
    return ("node", *command[1:]) if command[:1] == ("bun",) and command[1:2] != ("run",) else command


def shown(command: Command) -> str:
    """The command as its author wrote it."""
    if command[:2] == ("sh", "-c") and command[2].startswith(_PRELUDE):
        return command[2].removeprefix(_PRELUDE).removeprefix("exec env ")
    return shlex.join(command)
