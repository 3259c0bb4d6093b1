"""Versions: whether one lies in a range as package.json writes it (`^20 || >=22.4`, `18.x`, `1.2 - 3`)."""

import re

Version = tuple[int, int, int]

_COMPARATOR = re.compile(
    r"(?P<sign>\^|~>?|[<>]=?|=)?\s*v?(?P<major>\d+|[xX*])(?:\.(?P<minor>\d+|[xX*]))?(?:\.(?P<patch>\d+|[xX*]))?"
    r"(?:[-+][\w.+-]*)?"
)
_HYPHEN = re.compile(r"\s*(\S+)\s+-\s+(\S+)\s*")
_LAST: Version = (1 << 30, 0, 0)


def is_within(version: str, wanted: str) -> bool:
    """Whether the range allows the version; what cannot be read allows everything."""
    found = _version(version)
    if found is None:
        return True
    try:
        return any(low <= found < high for low, high in map(_bounds, wanted.split("||")))
    except ValueError:
        return True


def _version(text: str) -> Version | None:
    numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return (int(numbers[1]), int(numbers[2]), int(numbers[3])) if numbers else None


def _bounds(text: str) -> tuple[Version, Version]:
    if hyphen := _HYPHEN.fullmatch(text):
        text = f">={hyphen[1]} <={hyphen[2]}"
    low, high = (0, 0, 0), _LAST
    at = 0
    text = text.strip()
    while at < len(text):
        comparator = _COMPARATOR.match(text, at)
        if comparator is None:
            raise ValueError(text)
        first, after = _comparator(comparator)
        low, high = max(low, first), min(high, after)
        at = comparator.end()
        while at < len(text) and text[at] in " ,":
            at += 1
    return low, high


def _comparator(found: re.Match[str]) -> tuple[Version, Version]:
    numbers = []
    for name in ("major", "minor", "patch"):
        if found[name] is None or not found[name].isdigit():
            break
        numbers.append(int(found[name]))
    padded = (*numbers, 0, 0, 0)
    first = (padded[0], padded[1], padded[2])
    after = _next(numbers, len(numbers)) if numbers else _LAST
    match (found["sign"] or "=").removesuffix(">") or ">":
        case ">":
            return after, _LAST
        case ">=":
            return first, _LAST
        case "<":
            return (0, 0, 0), first
        case "<=":
            return (0, 0, 0), after
        case "^":
            significant = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
            return first, _next(numbers, significant + 1) if numbers else _LAST
        case "~":
            return first, _next(numbers, min(2, len(numbers))) if numbers else _LAST
    return first, after


def _next(numbers: list[int], length: int) -> Version:
    # The first version that no longer begins with so many of the numbers.
    raised = [*numbers[: length - 1], numbers[length - 1] + 1, 0, 0, 0]
    return raised[0], raised[1], raised[2]
