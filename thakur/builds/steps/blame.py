"""Blame: whether a build may have failed because of what its tools run on, as far as its output tells."""

import re

_LIMITS = frozenset({"build_timeout", "build_out_of_memory", "build_too_many_processes"})
# Said of the runtime itself, or known to come from it, whatever else the output says.
_RUNTIMES_OWN = re.compile(
    r"Bun has crashed|panic\(main thread\)|No such built-in module|(?:module|package) ['\"](?:node|bun):"
    # vue-tsc 2 under bun knows no .vue files.
    r"|error TS2307: Cannot find module '[^']*\.vue'"
)
# What fails in the same way on everything.
_BUILDS_OWN = re.compile(
    # Types and style.
    r"error TS\d+|^Type error:|\bTS\d{4}\b.*\berror\b|✖ \d+ problems?|^\d+:\d+\s+error\s|ESLint found|svelte-check found [1-9]"
    # Modules, scripts and files that are not there.
    r"|Cannot find (?:module|package)|Could not resolve|Can't resolve|Failed to resolve (?:import|entry)|Module not found"
    r"|Script not found|Missing script|command not found|No such file or directory"
    # Sources that cannot be read.
    r"|Transform failed with \d+ error|RollupError: .*Unexpected token|SyntaxError: .*\.(?:[cm]?[jt]sx?|vue|svelte):"
    # The world outside: the network, the disk, what is not set.
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ConnectionRefused|FailedToOpenSocket"
    r"|getaddrinfo|[Ff]etch failed|Failed to fetch|ENOSPC|no space left"
    r"|(?i:(?:missing|invalid|required|undefined) (?:required )?environment variable|environment variable .{1,60} (?:missing|not set|required))"
    # Memory that the tool itself counted.
    r"|heap out of memory|out of memory",
    re.MULTILINE,
)
# Causes that another runtime may not have: a hang, and native code that was built for one of them.
_RUNTIMES_CODES = frozenset({"build_stalled", "native_module_missing"})


def may_be_the_runtimes(code: str, output: str) -> bool:
    """Whether another runtime is worth a try after a failure of that code; what nobody knows is."""
    if code in _RUNTIMES_CODES or _RUNTIMES_OWN.search(output):
        return code not in _LIMITS
    return code == "command_failed" and not _BUILDS_OWN.search(output)
