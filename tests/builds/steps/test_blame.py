"""Which failures of a build are worth a try on another runtime."""

import pytest

from thakur.builds.steps.blame import may_be_the_runtimes
from thakur.builds.steps.diagnosis import command_failed
from thakur.sandbox import Exit, Limits

RUNTIMES = {
    "an interop that differs": "TypeError: 'traverse' is undefined\n    at /app/node_modules/vite/dist/index.js:3:1",
    "a bundle for the server": "Cannot read properties of undefined (reading 'Stream')\n__webpack_require__(..).Stream",
    "bun itself": "panic(main thread): Segmentation fault at address 0x10\noh no: Bun has crashed.",
    "a built-in module": "error: Cannot find package 'node:sqlite' from '/app/x.js'",
    "vue-tsc without .vue": "src/main.ts(2,17): error TS2307: Cannot find module './App.vue' or its type declarations.",
    "a native module": "error: /app/node_modules/lmdb/x.node: undefined symbol: napi_xyz",
    "a native module of node's": "Error: x.node was compiled against a different Node.js version using",
    "nothing at all": "",
}
BUILDS = {
    "types": "src/app.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
    "types in Next.js": "Failed to compile.\n\n./app/page.tsx:3:7\nType error: Type 'string' is not assignable",
    "lint": "✖ 3 problems (3 errors, 0 warnings)",
    "a module": "Error: Cannot find module 'left-pad'\nRequire stack:",
    "a module in webpack": "Module not found: Error: Can't resolve './nav' in '/app/src'",
    "a module in Vite": '[vite]: Rollup failed to resolve import "axios" from "/app/src/main.ts".\nCould not resolve "axios"',
    "a script": 'error: Script not found "compile"',
    "a command": "sh: 1: hugo: command not found",
    "the network": "Error: getaddrinfo ENOTFOUND api.example.com",
    "the disk": "ENOSPC: no space left on device, write",
    "an env var": "Error: Missing required environment variable DATABASE_URL",
    "memory": "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    "a source": "Transform failed with 1 error:\n/app/src/a.ts:1:3: ERROR: Expected",
}


def may_be(output: str) -> bool:
    failure = command_failed(("bun", "run", "build"), Exit(code=1), Limits(), output)
    return may_be_the_runtimes(failure.code, output)


@pytest.mark.parametrize("output", RUNTIMES.values(), ids=RUNTIMES)
def test_what_may_be_the_runtimes_is_tried_again(output: str) -> None:
    assert may_be(output)


@pytest.mark.parametrize("output", BUILDS.values(), ids=BUILDS)
def test_what_fails_everywhere_is_not(output: str) -> None:
    assert not may_be(output)


@pytest.mark.parametrize(
    "code", ["build_timeout", "build_out_of_memory", "build_too_many_processes", "command_not_found"]
)
def test_limits_and_missing_commands_are_not_the_runtimes(code: str) -> None:
    assert not may_be_the_runtimes(code, "Bun has crashed" if "build" in code else "")


def test_a_command_that_hangs_is_tried_again_whatever_it_wrote() -> None:
    assert may_be_the_runtimes("build_stalled", "Cannot find module 'x'")
