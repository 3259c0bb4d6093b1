"""A command's output as a person reads it: without colours, and with the lines that tell of its end."""

import re

# The first line of an error that ended a program, as node and bun write it, never indented.
_HEADLINE = re.compile(
    r"^(?:Uncaught )?(?:error|FATAL ERROR|(?:[A-Z]\w*)?(?:Error|Exception)|E[A-Z]{3,})(?: \[\w+\])?: \S.*$|^❌.*$",
    re.MULTILINE,
)
# Where the runtime itself says goodbye, so an error before it was the end.
_GOODBYE = re.compile(r"^(?:Bun v\d+\.\d+\.\d+ \(|Node\.js v\d)", re.MULTILINE)
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r(?=\n)")
# What follows from an error and is none: the runner's own last words, warnings' counts.
_NOISE = re.compile(
    r"error: script \"[^\"]*\" (?:exited with code|was terminated)|npm ERR!|Bun v\d|Node\.js v\d|\s+at |\s*\^|\s*\d+ \||"
    r"error Command failed|\$ |.*ELIFECYCLE|\s*[{}\[\]()]+,?$"
)
_ERROR_WORD = re.compile(r"\b(?:error|exception|failed|fatal|cannot|could not|panic)\b|Error\b", re.IGNORECASE)
# An application that says itself why it gives up does so in its last lines.
LAST_LINES = 15
QUOTED_CHARACTERS = 200


def clean(output: str) -> str:
    """The same text without colours and other orders to a terminal."""
    return _COLOURS.sub("", output)


def end_begins(text: str) -> int:
    """Where the words about the end of a program begin: at the error that ended it, else some lines before the last."""
    goodbyes = list(_GOODBYE.finditer(text))
    before = goodbyes[-1].start() if goodbyes else len(text)
    headlines = [found.start() for found in _HEADLINE.finditer(text, 0, before) if not _NOISE.match(found[0])]
    lines = text.rstrip().splitlines(keepends=True)
    last = sum(len(line) for line in lines[:-LAST_LINES])
    if goodbyes and headlines:
        return headlines[-1]
    return min(last, headlines[-1]) if headlines else last


def last_error_line(output: str) -> str:
    """The line of the output that most likely names the error, shortened, or nothing."""
    text = clean(output)
    headlines = [found[0] for found in _HEADLINE.finditer(text) if not _NOISE.match(found[0])]
    if headlines:
        return _shortened(headlines[-1])
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    told = [line for line in lines if _ERROR_WORD.search(line)]
    return _shortened(told[-1] if told else lines[-1] if lines else "")


def _shortened(line: str) -> str:
    line = line.strip().replace("`", "'")
    return line if len(line) <= QUOTED_CHARACTERS else f"{line[:QUOTED_CHARACTERS]}…"
