"""Applications of one page, each by its own tool: index.html answers every path that is no file."""

import json
from typing import Any

import msgspec

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, needs, server_plan, site, static, static_plan
from thakur.builds.detection.outputs import flag, inside, setting
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

_NG_ENV = {"NG_CLI_ANALYTICS": "false"}


def _angular(folder: Folder) -> Plan:
    name, build = _angular_project(folder)
    options = _of(build, "options")
    path = options.get("outputPath", f"dist/{name}" if name else "dist")
    base = path if isinstance(path, str) else str(_of(options, "outputPath").get("base", f"dist/{name}"))
    base = inside("Angular", base)
    is_application = str(build.get("builder", "")).endswith(":application")
    browser = "browser" if isinstance(path, str) else str(_of(options, "outputPath").get("browser", "browser"))
    if options.get("ssr") and options.get("outputMode") != "static":
        start = ("bun", f"{base}/server/server.mjs")
        return msgspec.structs.replace(server_plan(folder, start, command=("ng", "build")), build_env=_NG_ENV)
    output = f"{base}/{browser}" if is_application and browser else base
    return static_plan(folder, output, ("ng", "build"), is_spa=True, env=_NG_ENV)


def _angular_project(folder: Folder) -> tuple[str, dict[str, Any]]:
    try:
        workspace = json.loads(folder.tree.text("angular.json"))
    except (ValueError, RecursionError):
        return "", {}
    projects = _of(workspace, "projects")
    applications = [name for name in projects if _of(projects, name).get("projectType", "application") == "application"]
    named = workspace.get("defaultProject") if isinstance(workspace, dict) else None
    name = named if named in applications else next(iter(applications), "")
    project = _of(projects, name)
    return name, _of(_of(project, "architect") or _of(project, "targets"), "build")


def _of(value: Any, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _settle_angular(plan: Plan, built: Tree) -> Plan:
    base, _, leaf = plan.output.rpartition("/")
    if plan.kind == "server" or built.has(f"{plan.output}/index.html"):
        return plan
    if leaf == "browser" and built.has(f"{base}/index.html"):
        return msgspec.structs.replace(plan, output=base)
    if built.has(f"{plan.output}/browser/index.html"):
        return msgspec.structs.replace(plan, output=f"{plan.output}/browser")
    return plan


def _vue_cli(folder: Folder) -> Plan:
    written = flag(folder.script("build"), "--dest") or setting(folder.config("vue"), "outputDir") or "dist"
    return static_plan(folder, inside("Vue CLI", written), ("vue-cli-service", "build"), is_spa=True)


def _umi(folder: Folder) -> Plan:
    texts = [folder.tree.text(path) for path in (".umirc.ts", ".umirc.js", "config/config.ts", "config/config.js")]
    written = next((found for text in texts if (found := setting(text, "outputPath"))), "dist")
    program = "max" if folder.needs("@umijs/max") else "umi"
    return static_plan(folder, inside("Umi", written), (program, "build"), is_spa=True)


def _parcel(folder: Folder) -> Plan:
    written = flag(folder.script("build"), "--dist-dir", "-d", "--out-dir") or "dist"
    return static_plan(folder, inside("Parcel", written), ("parcel", "build", "index.html"), is_spa=True)


def _expo(folder: Folder) -> Plan:
    written = flag(folder.script("build"), "--output-dir") or "dist"
    command = ("expo", "export", "--platform", "web")
    return static_plan(folder, inside("Expo", written), command, is_spa=True, env={"EXPO_NO_TELEMETRY": "1"})


def _is_expo_web(folder: Folder) -> bool:
    return site("expo")(folder) and folder.needs("react-native-web", "expo-router")


def _is_ionic(folder: Folder) -> bool:
    is_ionic = folder.tree.has("ionic.config.json") or folder.needs("@ionic/app-scripts")
    return is_ionic and not folder.needs("vite", "react-scripts", "@vue/cli-service") and not folder.is_started


PAGES = (
    Framework(
        name="Angular",
        sign="`@angular/core` with `angular.json`",
        result="files of `outputPath`, and of its `browser`; with server rendering its `server/server.mjs`",
        matches=lambda folder: needs("@angular/core")(folder) and folder.tree.has("angular.json"),
        plan=_angular,
        settle=_settle_angular,
    ),
    Framework(
        name="Create React App",
        sign="`react-scripts`",
        result="files of `build`; one page answers every path",
        matches=site("react-scripts"),
        plan=static("build", ("react-scripts", "build"), is_spa=True),
    ),
    Framework(
        name="Vue CLI",
        sign="`@vue/cli-service`",
        result="files of `dist`, or of `outputDir`; one page answers every path",
        matches=site("@vue/cli-service"),
        plan=_vue_cli,
    ),
    Framework(
        name="Umi",
        sign="`umi` or `@umijs/max`",
        result="files of `dist`, or of `outputPath`; one page answers every path",
        matches=site("umi", "@umijs/max"),
        plan=_umi,
    ),
    Framework(
        name="Preact CLI",
        sign="`preact-cli`",
        result="files of `build`; one page answers every path",
        matches=site("preact-cli"),
        plan=static("build", ("preact", "build"), is_spa=True),
    ),
    Framework(
        name="Stencil",
        sign="`@stencil/core`",
        result="files of `www`; one page answers every path",
        matches=site("@stencil/core"),
        plan=static("www", ("stencil", "build"), is_spa=True),
    ),
    Framework(
        name="Ember",
        sign="`ember-cli`",
        result="files of `dist`; one page answers every path",
        matches=site("ember-cli"),
        plan=static("dist", ("ember", "build", "--environment=production"), is_spa=True),
    ),
    Framework(
        name="Expo (web)",
        sign="`expo` with `react-native-web` or `expo-router`",
        result="`expo export --platform web`, files of `dist`; one page answers every path",
        matches=_is_expo_web,
        plan=_expo,
    ),
    Framework(
        name="Ionic",
        sign="`ionic.config.json`, without Vite or another tool of this table",
        result="files of `www`; one page answers every path",
        matches=_is_ionic,
        plan=static("www", ("ionic-app-scripts", "build", "--prod"), is_spa=True),
    ),
    Framework(
        name="Parcel",
        sign="`parcel` or `parcel-bundler`",
        result="files of `dist`, or of `--dist-dir`; one page answers every path",
        matches=site("parcel", "parcel-bundler"),
        plan=_parcel,
    ),
)
