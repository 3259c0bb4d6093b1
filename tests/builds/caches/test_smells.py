"""Which last words blame a cache."""

import pytest

from thakur.builds.caches.smells import smells_of_cache


@pytest.mark.parametrize(
    "output",
    [
        "thread 'tokio-rt-worker' panicked at turbo-persistence/src/static_sorted_file.rs:949:49",
        "Error [TurbopackInternalError]: range start index 4117159483 out of range",
        'error: script "build" was terminated by signal SIGBUS (Misaligned address error)',
        "SyntaxError: Unexpected end of JSON input at /app/x",
        "EACCES: permission denied, open '/app/.next/cache/webpack/0.pack'",
        "ENOENT: no such file, open '/app/.thakur-cache/bun/left-pad@1.3.0@@@1/index.js'",
        "error: Integrity check failed for tarball: ms",
    ],
)
def test_a_broken_cache_is_suspected(output: str) -> None:
    assert smells_of_cache(output, [".next/cache"])


@pytest.mark.parametrize(
    "output",
    [
        "app/page.tsx(3,1): error TS2304: Cannot find name 'x'.",
        "src/main.ts:3:1: ERROR: Unexpected end of file",
        "Module not found: Can't resolve './missing'",
        "error: lockfile had changes, but lockfile is frozen",
        "Error: DATABASE_URL is not set",
        'error: script "build" exited with code 1',
        "",
    ],
)
def test_an_ordinary_mistake_is_not_built_twice(output: str) -> None:
    assert not smells_of_cache(output, [".next/cache"])
