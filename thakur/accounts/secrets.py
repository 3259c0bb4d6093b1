"""Secrets that are handed out once: made, and known again by their hash. 256 random bits need no salt and no slow hash."""

import hashlib
import secrets

TOKEN_PREFIX = "thk_"  # noqa: S105  (how a token begins, so that scanners find one that leaked)
SHOWN_CHARACTERS = 8
_BYTES = 32

# No vowels, so that no word comes up, and no characters that are read as another one.
_CODE_CHARACTERS = "BCDFGHJKLMNPQRSTVWXZ"
_CODE_PART = 4


def new_secret() -> str:
    """A secret that is safe in a URL and in a cookie."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """A secret of an API token."""
    return TOKEN_PREFIX + new_secret()


def new_code() -> str:
    """A code that a person compares, as `BCDF-GHJK`: short, so it lives for minutes and is guessed at a few times only."""
    parts = ["".join(secrets.choice(_CODE_CHARACTERS) for _ in range(_CODE_PART)) for _ in range(2)]
    return "-".join(parts)


def read_code(text: str) -> str:
    """The code as it was typed, in the one way it is kept."""
    letters = "".join(character for character in text.upper() if character in _CODE_CHARACTERS)[: 2 * _CODE_PART]
    return f"{letters[:_CODE_PART]}-{letters[_CODE_PART:]}"


def hash_of(secret: str) -> bytes:
    """What is kept of a secret. Looked for by it, a secret tells nothing by the time that takes."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
