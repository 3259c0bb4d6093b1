"""Vite and Rsbuild: sites, when nothing says that they are a server's pages or a library."""

import re

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, site, static_plan
from thakur.builds.detection.frameworks.servers import LIBRARIES
from thakur.builds.detection.outputs import flag, inside, setting
from thakur.builds.plan import Plan

# They are built by Vite, but what they build is a server.
_SERVERS = ("@builder.io/qwik-city", "@qwik.dev/router", "@analogjs/platform", "vinxi", "vike", "vite-plugin-ssr")
_LIBRARY = re.compile(r"\blib\s{0,40}:\s{0,40}\{")


def _is_site(folder: Folder) -> bool:
    if folder.needs(*_SERVERS) or not site("vite", "rolldown-vite")(folder):
        return False
    # A page at the top is a site, whatever else is there; without one, only what names no server and no library.
    is_other = folder.needs(*LIBRARIES) or folder.is_workspace or _LIBRARY.search(folder.config("vite"))
    return folder.tree.has("index.html") or not is_other


def _vite(folder: Folder) -> Plan:
    config, script = folder.config("vite"), folder.script("build")
    written = flag(script, "--outDir") or setting(config, "outDir") or "dist"
    output = inside("Vite", written, setting(config, "root") or ".")
    return static_plan(folder, output, ("vite", "build"), is_spa=True)


def _rsbuild(folder: Folder) -> Plan:
    config = folder.config("rsbuild")
    found = re.search(r"distPath\s{0,40}:\s{0,40}\{([^}]{0,500})\}", config)
    written = setting(found[1], "root") if found else setting(config, "distPath")
    return static_plan(folder, inside("Rsbuild", written or "dist"), ("rsbuild", "build"), is_spa=True)


VITE = (
    Framework(
        name="Vite",
        sign="`vite`, without a server library and its `start` script",
        result="files of `dist`, or of `outDir`; one page answers every path",
        matches=_is_site,
        plan=_vite,
    ),
    Framework(
        name="Rsbuild",
        sign="`@rsbuild/core`",
        result="files of `dist`, or of `distPath`; one page answers every path",
        matches=site("@rsbuild/core"),
        plan=_rsbuild,
    ),
)
