"""What an answer of GitHub's says of when it may be asked again. Pure."""

from collections.abc import Mapping

# Without a word of when: at least a minute, twice as long each time.
SECONDARY_SECONDS = 60.0
LONGEST_SECONDS = 3600.0


def pause_seconds(status: int, headers: Mapping[str, str], now: float, refusals: int) -> float | None:
    """How long the whole installation is to keep still; None when the answer asks for nothing.

    `refusals` counts those before this one in a row.
    """
    if status not in (403, 429):
        return None
    if (retry := _number(headers.get("retry-after"))) is not None:
        return min(max(retry, 1.0), LONGEST_SECONDS)
    if _number(headers.get("x-ratelimit-remaining")) == 0:
        reset = _number(headers.get("x-ratelimit-reset")) or now
        return min(max(reset - now, 1.0), LONGEST_SECONDS)
    if status == 429 or is_secondary(headers):
        return float(min(SECONDARY_SECONDS * 2**refusals, LONGEST_SECONDS))
    return None


def is_secondary(headers: Mapping[str, str]) -> bool:
    """Whether a refusal is one of too many, by the words that `rest` puts there from the body."""
    return "secondary rate limit" in headers.get("message", "").lower()


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
