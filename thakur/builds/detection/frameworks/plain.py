"""Without a framework: a start script, files as they are, or a file whose name says that it is the server."""

import re

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework
from thakur.builds.detection.frameworks.servers import served
from thakur.builds.detection.outputs import inside
from thakur.builds.plan import Plan

_STATICFILE_ROOT = re.compile(r"^root:[ \t]{0,40}['\"]?([^'\"#\s]{1,300})", re.MULTILINE)
_STATICFILE_FALLBACK = re.compile(r"^index_fallback:[ \t]{0,40}(true|yes|on)\b", re.MULTILINE)


def _staticfile(folder: Folder) -> Plan:
    text = folder.tree.text("Staticfile")
    named = _STATICFILE_ROOT.search(text)
    written = named[1].strip("/") if named else "."
    output = "." if written in ("", ".") else inside("Staticfile", written)
    is_spa = bool(_STATICFILE_FALLBACK.search(text))
    return Plan(framework="", kind="static", build=folder.build_script(), output=output, is_spa=is_spa)


def _files(folder: Folder) -> Plan:
    return Plan(framework="", kind="static", output="." if folder.tree.has("index.html") else "public")


def _is_files(folder: Folder) -> bool:
    return not folder.script("build") and folder.tree.has("index.html", "public/index.html")


STARTED = (
    Framework(
        name="Server",
        sign="a `start` script that is no development server",
        result="that script",
        matches=lambda folder: folder.is_started,
        plan=served,
    ),
)
FILES = (
    Framework(
        name="Staticfile",
        sign="a `Staticfile`",
        result="files of its `root`; with `index_fallback: true` one page answers every path",
        matches=lambda folder: folder.tree.has("Staticfile"),
        plan=_staticfile,
    ),
    Framework(
        name="Plain folder",
        sign="`index.html` or `public/index.html`, and no build script",
        result="files as they are",
        matches=_is_files,
        plan=_files,
    ),
)
GUESSES = (
    Framework(
        name="Server file",
        sign="a file `server`, `index`, `app` or `main` of JavaScript or TypeScript, or a `main` that is there",
        result="that file",
        matches=lambda folder: folder.entry is not None,
        plan=served,
        is_guess=True,
    ),
)
