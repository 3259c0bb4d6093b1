"""What the scripts of a package.json mean: which start a server for visitors, and which file such a server is."""

import re
import shlex

from thakur.builds.detection.manifest import Manifest

# Programs whose command shows pages to the developer at the desk, with the words that make them do so ("" is none).
_DEV_SERVERS: dict[str, frozenset[str]] = {
    "vite": frozenset({"", "dev", "serve", "preview"}),
    "next": frozenset({"dev"}),
    "nuxt": frozenset({"dev", "preview"}),
    "nuxi": frozenset({"dev", "preview"}),
    "astro": frozenset({"dev", "preview"}),
    "ng": frozenset({"serve"}),
    "react-scripts": frozenset({"start"}),
    "vue-cli-service": frozenset({"serve"}),
    "webpack": frozenset({"serve"}),
    "webpack-dev-server": frozenset({""}),
    "rspack": frozenset({"serve", "dev"}),
    "rsbuild": frozenset({"dev", "preview"}),
    "docusaurus": frozenset({"start", "serve"}),
    "vitepress": frozenset({"dev", "preview", "serve"}),
    "vuepress": frozenset({"dev"}),
    "gatsby": frozenset({"develop", "serve"}),
    "hexo": frozenset({"server", "s"}),
    "eleventy": frozenset({"--serve", "--watch"}),
    "parcel": frozenset({"", "serve", "watch"}),
    "ember": frozenset({"serve", "s"}),
    "expo": frozenset({"", "start"}),
}
# Programs that show files or restart a server on every change; what they show or start, Thakur does itself.
_FOR_THE_DESK = frozenset({"nodemon", "serve", "http-server", "live-server", "sirv", "browser-sync", "lite-server"})
_RUNNERS = frozenset({"npx", "bunx", "bun", "pnpm", "yarn", "npm", "run", "exec", "x", "dlx", "--bun", "cross-env"})
_SCRIPT_CALL = re.compile(r"(?:npm run|npm|yarn run|yarn|pnpm run|pnpm|bun run|bun --bun run) ([\w:.-]+)")
_ASSIGNMENT = re.compile(r"\w+=.*")
_PLAIN_START = re.compile(
    r"(?:NODE_ENV=production )?(?:node|bun|bun run|tsx|ts-node) (?P<file>[\w./@-]+\.(?:[cm]?[jt]s|[jt]sx))"
)
_CALLS = 5


def start_script(manifest: Manifest) -> str | None:
    """The script that starts a server for visitors, or None: one that starts a tool for the desk is none."""
    script = manifest.scripts.get("start", "").strip()
    return script if script and not _is_for_the_desk(_last_command(script, manifest)) else None


def started_file(manifest: Manifest) -> str | None:
    """The file that the start script runs, when it does nothing else."""
    if {"prestart", "poststart"} & manifest.scripts.keys():
        return None
    found = _PLAIN_START.fullmatch(manifest.scripts.get("start", "").strip())
    return found["file"].removeprefix("./") if found else None


def _last_command(script: str, manifest: Manifest) -> str:
    command = script
    for _ in range(_CALLS):
        command = re.split(r"&&|\|\||[;|&]", command)[-1].strip()
        called = _SCRIPT_CALL.fullmatch(command)
        if called is None or called[1] not in manifest.scripts:
            break
        command = manifest.scripts[called[1]]
    return command


def _is_for_the_desk(command: str) -> bool:
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    if "bun" in words[:1] and {"--watch", "--hot"} & set(words):
        return True
    words = [word for word in words if not _ASSIGNMENT.fullmatch(word)]
    while words and words[0] in _RUNNERS:
        words = words[1:]
    if not words:
        return False
    program, rest = words[0].rpartition("/")[2], set(words[1:])
    if program in _FOR_THE_DESK or (program in ("tsx", "ts-node-dev") and "watch" in rest):
        return True
    modes = _DEV_SERVERS.get(program)
    if modes is None:
        return False
    has_mode = len(words) > 1 and not words[1].startswith("-")
    return bool(modes & rest) or ("" in modes and not has_mode)
