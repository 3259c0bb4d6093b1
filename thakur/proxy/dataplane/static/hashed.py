"""Hashed names: those that build tools give to files of which the content, when it changes, gets another name.

Told by the name alone. `is_hashed` is sure, because a browser never asks again for what it decides; `may_be_hashed` also
takes what could be a word, such as `index-DiwrgTda.js`.
"""

import re

# SvelteKit, Next.js, Astro, Expo; Nuxt, but for the list of its builds.
_FOLDERS = re.compile(r"(?:^|/)(?:_app/immutable|_next/static|_astro|_expo/static|_nuxt(?!/builds/))/").search
_KINDS = re.compile(
    "js|[mc]js|css|wasm|map|svg|a?png|jpe?g|gif|webp|avif|ico|bmp|woff2?|[to]tf|eot|mp3|m4[av]|ogg|opus|wav|flac|mp4|webm|mov|glb"
).fullmatch
_CODE = frozenset(("js", "mjs", "cjs", "css", "map"))
# name.HASH.chunk.js, name.HASH.js.map, name-HASH_bg.wasm: what follows the hash.
_TAIL = re.compile(r"(?:\.(?:chunk|bundle|min|lean|entry|module|js|mjs|css)|_bg)+$")
# webpack, Parcel, Docusaurus, Gatsby, Ember: hexadecimal, and neither a date nor a word.
_HEX = re.compile(r"(?:^(?=.{16})|.[-._])(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{8,64}$").search
# esbuild, Angular.
_BASE32 = re.compile(r".[-.](?=[2-7]*[A-Z])[A-Z2-7]{8}$").search
# Rollup, Vite and what stands on them, bun: base64url or less, of which the separators may be a part.
_BASE64 = re.compile(r".[-.]([A-Za-z0-9_-]{8})$").search
# Words have vowels, begin in upper case or are written in it; a version may follow.
_WORD = r"(?:[A-Z]?(?=[a-z]*[aeiouy])[a-z]+|[AEIOUY][a-z]*|[A-Z]{2,}(?![a-z]))"
_WORDS = re.compile(rf"{_WORD}(?:[-_]?(?=[-_A-Z]|(?<=[-_])){_WORD})*[-_]?[0-9]*").fullmatch
_DIGIT_WITHIN = re.compile(r"[0-9].*[A-Za-z]").search
_ANY_DIGIT = re.compile(r"[0-9]").search
_TWO_CASES = re.compile(r"[a-z].*[A-Z]|[A-Z].*[a-z]").search


def is_hashed(name: str) -> bool:
    """Whether the file's content can never change under this name."""
    stem = _stem(name)
    if stem is None:
        return False
    if _FOLDERS(name) or _HEX(stem):
        return True
    if _BASE32(stem):
        return _extension(name) in _CODE or not stem[-8:].isalpha()
    found = _BASE64(stem)
    if found is None:
        return False
    token = found.group(1)
    return not _WORDS(token) and bool(_DIGIT_WITHIN(token) or _TWO_CASES(token))


def may_be_hashed(name: str) -> bool:
    """Whether the file is likely to be named by its content."""
    if is_hashed(name):
        return True
    stem = _stem(name)
    found = _BASE64(stem) if stem is not None else None
    if found is None:
        return False
    token = found.group(1)
    if token.isdigit():
        return _extension(name) in _CODE
    return bool(_TWO_CASES(token) or _ANY_DIGIT(token))


def _stem(name: str) -> str | None:
    base, dot, extension = name.rpartition("/")[2].rpartition(".")
    if not dot or (not _KINDS(extension) and not _FOLDERS(name)) or extension in ("html", "htm"):
        return None
    return _TAIL.sub("", base)


def _extension(name: str) -> str:
    return name.rpartition(".")[2]
