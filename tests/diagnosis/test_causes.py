"""What is told of each cause, and above all what is not told: a wrong sentence is worse than none."""

import pytest

from thakur.diagnosis import Cause, Command, Phase, find_cause

BUN = "\nBun v1.4.4 (Linux x64)\n"


def started(output: str) -> Cause | None:
    return find_cause(Command(phase=Phase.START, output=output, project="shop"))


def built(output: str) -> Cause | None:
    return find_cause(Command(phase=Phase.BUILD, output=output))


def told(cause: Cause | None) -> str:
    assert cause is not None
    return f"{cause.code}: {cause.why} {cause.next}"


@pytest.mark.parametrize(
    "output",
    [
        "",
        "listening soon\nTypeError: undefined is not an object\n      at /app/index.ts:1:2\n" + BUN,
        "ReferenceError: API_KEY is not defined\n      at /app/index.ts:1:2\n" + BUN,
        "warn: SENTRY_DSN is not set, skipping\nTypeError: x is not a function\n" + BUN,
        "SENTRY_DSN is not set, errors are ignored\nbye\n",
        # The first was caught: the application went on, and ended for another reason.
        "Error: connect ECONNREFUSED 127.0.0.1:6379\n    at a\nretrying without a cache\nTypeError: y is undefined\n"
        + BUN,
        "Cannot find module 'kerberos', going on without it\nstarted\nerror: the sky fell\n" + BUN,
    ],
)
def test_an_application_s_cause_is_left_open_where_its_words_do_not_tell_it(output: str) -> None:
    assert started(output) is None


@pytest.mark.parametrize(
    "output",
    [
        'warn: incorrect peer dependency react@19\nerror: script "build" exited with code 1\n',
        (
            "Compiled with warnings\n\n./node_modules/ws/lib/buffer-util.js\nModule not found: Can't resolve 'bufferutil' in '/app'\n"
            "Some other step failed\n"
        ),
        '✖ 3 problems (0 errors, 3 warnings)\nerror: script "build" exited with code 1\n',
        # Each of these was got over, and the build failed for a reason that nobody said.
        'sh: 1: husky: not found\nbuilding\nerror: script "build" exited with code 1\n',
        "Warning: Missing environment variable SENTRY_AUTH_TOKEN, source maps are not uploaded\nexit\n",
        "Cannot find module 'sharp', falling back to squoosh\nexit\n",
        "Error: ENOENT: no such file or directory, open '.env'\n" + "building\n" * 20 + "error: the sky fell\n",
        # Parts of a runtime, and modules that a tool makes up, are in no registry.
        "Failed to compile.\n\n./a.js\nModule not found: Can't resolve 'fs'\n",
        "error: Cannot find module 'node:sqlite' from '/app/a.ts'\n",
        '[vite]: Rollup failed to resolve import "virtual:pwa-register" from "/app/src/main.ts".\n',
        "src/a.ts: TS2322 is discussed in this file\nexit\n",
    ],
)
def test_a_build_s_warnings_are_no_cause(output: str) -> None:
    assert built(output) is None


def test_a_build_is_told_by_its_first_error_and_not_by_the_noise_after_it() -> None:
    output = (
        "src/a.ts(3,5): error TS2304: Cannot find name 'b'.\nsrc/c.ts(9,1): error TS2304: Cannot find name 'd'.\n"
        "Cannot find module 'left-pad' from '/app/x.js'\nerror: script \"build\" exited with code 2\n"
    )

    assert "src/a.ts, line 3: Cannot find name 'b' and 1 more" in told(built(output))


def test_an_application_is_told_by_its_last_error() -> None:
    output = "Error: connect ECONNREFUSED 127.0.0.1:6379\nno cache\nerror: Missing required environment variable STRIPE_KEY\n"

    cause = told(started(output + BUN))

    assert "The env var STRIPE_KEY is not set" in cause
    assert "thakur env set STRIPE_KEY --project shop" in cause


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (
            "Failed to compile.\n\n./src/app/page.tsx:3:9\nType error: Type 'string' is not assignable to type 'number'.\n",
            "type_error: TypeScript found an error in src/app/page.tsx, line 3",
        ),
        (
            "Failed to compile.\n\n./pages/index.js\n7:1  Error: 'x' is assigned a value but never used.  no-unused-vars\n",
            "lint_error: ESLint found an error in pages/index.js, line 7",
        ),
        (
            "Failed to compile.\n\n./src/app/page.tsx:1:1\nModule not found: Can't resolve 'left-pad'\n",
            "package_missing: The package left-pad, which src/app/page.tsx imports",
        ),
        (
            "Turbopack build failed with 1 errors:\n./app/page.tsx:1:1\nModule not found: Can't resolve '@/lib/missing'\n",
            "file_missing: The file @/lib/missing, which app/page.tsx imports",
        ),
        (
            "src/App.vue:5:7 - error TS2322: Type 'string' is not assignable to type 'number'.\n",
            "type_error: TypeScript found an error in src/App.vue, line 5",
        ),
        ("Error: Failed to fetch `Geist` from Google Fonts.\n", "fonts_unreachable: The build asks Google for the font Geist"),
        (
            'Error occurred prerendering page "/about". Read more: https://nextjs.example\nError: connect ECONNREFUSED 10.0.0.1:5432\n',
            "page_failed: The page /about is made during the build",
        ),
        ("> Couldn't find any `pages` or `app` directory. Please create one\n", "next_pages_missing"),
        ('/bin/sh: 1: tsc: not found\nerror: script "build" exited with code 127\n', "command_not_found: The command tsc"),
        (
            "<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n",
            "heap_exhausted",
        ),
        ("error: ENOSPC: no space left on device, write\n", "disk_full"),
        ("\x1b[31mError: Cannot find module 'lodash/fp'\x1b[0m\nRequire stack:\n- /app/next.config.js\n", "The package lodash, which next.config.js imports"),
        ("error: Cannot find module '@acme/ui/button' from '/app/src/a.ts'\n", "package_missing: The package @acme/ui,"),
        ("error: Cannot find module 'src/db' from '/app/src/a.ts'\n", "file_missing: The file src/db, which src/a.ts"),
        ('prebuild-install warn install No prebuilt binaries found\nerror: install script from "canvas" exited with 1\n', "native_module_unbuilt: The package canvas"),
        ('error: postinstall script from "thing" exited with 3\n', "install_script_failed: The postinstall script of thing"),
        ("error: Environment variable not found: DATABASE_URL.\n", "env_var_missing: The env var DATABASE_URL"),
    ],
)  # fmt: skip
def test_builds_are_told_in_the_words_of_their_owner(output: str, words: str) -> None:
    assert words in told(built(output))


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: JWT_SECRET must be set\n" + BUN, "env var JWT_SECRET"),
        ("Error: process.env.DATABASE_URL is undefined\n    at x\n\nNode.js v22.1.0\n", "env var DATABASE_URL"),
        ("Missing env var: `API_TOKEN`\n", "env var API_TOKEN"),
        ("no DATABASE_URL\n", "env var DATABASE_URL"),
        ("Error: Cannot find module '../build/Release/bcrypt_lib.node'\nRequire stack:\n- /app/a.js\n\nNode.js v22.1.0\n", "native_module_missing"),
        ("Error: Could not locate the bindings file. Tried:\n → /app/x.node\n" + BUN, "native_module_missing"),
        ("error: connect ECONNREFUSED 127.0.0.1:27017\n" + BUN, "127.0.0.1:27017 (MongoDB's usual port)"),
        ("Error: listen EADDRINUSE: address already in use :::9464\n\nNode.js v22.1.0\n", "Port 9464 is in use"),
        ("OSError: [Errno 98] Address already in use\n", "Its port is in use"),
        ("PrismaClientInitializationError: Can't reach\nerror: Environment variable not found: DATABASE_URL.\n" + BUN, "env var DATABASE_URL"),
        ("ENOENT: no such file or directory, open '/app/config.json'\n    path: \"x\"\n" + BUN, "the file config.json"),
    ],
)  # fmt: skip
def test_applications_are_told_in_the_words_of_their_owner(output: str, words: str) -> None:
    assert words in told(started(output))


def test_every_value_that_a_schema_misses_is_named() -> None:
    output = (
        'ZodError: [\n  {\n    "path": [\n      "SECRET"\n    ],\n    "message": "Required"\n  },\n  {\n    "path": [\n'
        '      "DATABASE_URL"\n    ],\n    "message": "Required"\n  }\n]\n'
    )

    assert "The env vars SECRET and DATABASE_URL are not set" in told(started(output + BUN))


def test_a_value_that_a_schema_refuses_is_not_called_missing() -> None:
    output = 'ZodError: [\n  {\n    "path": [\n      "DATABASE_URL"\n    ],\n    "message": "Invalid url"\n  }\n]\n'

    cause = told(started(output + BUN))

    assert cause.startswith("env_var_invalid")
    assert "has a value that the application refuses: Invalid url" in cause


def test_a_schema_of_something_else_is_no_matter_of_env_vars() -> None:
    output = 'ZodError: [\n  {\n    "path": [\n      "items",\n      0\n    ],\n    "message": "Required"\n  }\n]\n'

    assert started(output + BUN) is None
