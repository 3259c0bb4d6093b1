"""Broken repositories, small and as people make them: each is told what broke it, and none is told something wrong.

Those that are real mistakes: `wrong_case`, `command_missing`, `start_command`, `ignored_file`, `prisma`, `compose_host`.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.server import Server, free_port

BROKEN = Path(__file__).parents[1] / "apps" / "broken"

# What is told, and a word that the sentences must hold.
CASES = {
    "nothing_recognised": ("nothing_recognised", ""),
    "wrong_root": ("wrong_root", "web"),
    "no_start": ("nothing_recognised", "start script"),
    "package_json": ("package_json_invalid", "package.json"),
    "script_missing": ("script_missing", "generate"),
    "command_missing": ("command_not_found", "tsc"),
    "package_missing": ("package_missing", "bun add left-pad"),
    "wrong_case": ("file_missing", "components/Button"),
    "export_missing": ("export_missing", "closed"),
    "syntax_error": ("syntax_error", "index.ts, line 1"),
    "type_error": ("type_error", "index.ts, line 1"),
    "lint_error": ("lint_error", "'unused'"),
    "build_memory": ("build_out_of_memory", "GB"),
    "build_processes": ("build_too_many_processes", "512"),
    "disk_full": ("disk_full", "space"),
    "build_says_nothing": ("command_failed", "exit code 3"),
    "package_unknown": ("package_unknown", "thakur-deploy-has-no-such-package"),
    "version_unknown": ("version_unknown", "99.0.0"),
    "registry_unreachable": ("registry_unreachable", ".npmrc"),
    "registry_refused": ("registry_refused", "401"),
    "git_dependency": ("git_dependency_failed", "widgets"),
    "native_module": ("native_module_unbuilt", "bcrypt"),
    "install_script": ("install_script_failed", "tool"),
    "crash": ("crashed_on_start", "TypeError"),
    "exits": ("exited_at_once", "exit code 0"),
    "env_missing": ("env_var_missing", "thakur env set STRIPE_KEY"),
    "env_schema": ("env_var_missing", "DATABASE_URL and SESSION_SECRET"),
    "database_down": ("service_unreachable", "127.0.0.1:5499"),
    "compose_host": ("host_unknown", "compose file"),
    "start_memory": ("out_of_memory", "512 MB"),
    "start_processes": ("too_many_processes", "256"),
    "native_crash": ("native_crash", "SIGSEGV"),
    "always_500": ("unhealthy", "answered 503"),
    "never_listens": ("never_listened", "PORT="),
    "ignored_file": ("file_not_found", "config/production.json"),
    "prisma": ("prisma_not_generated", "prisma generate"),
    "start_command": ("command_not_found", "pm2-runtime"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_repository_is_told_what_broke_it(server: Server, tmp_path: Path, figures: Figures, name: str) -> None:
    code, word = CASES[name]
    folder = _copy(name, tmp_path)
    with _refusing_registry() as registry:
        npmrc = folder / ".npmrc"
        if npmrc.exists():
            npmrc.write_text(npmrc.read_text().replace("REGISTRY", registry))
        done = server.run("deploy", str(folder), "--project", f"broken-{name.replace('_', '')}", "--json", check=False)

    assert done.status == 1
    failure = done.json()["failure"]
    sentences = " ".join(failure[part] for part in ("what", "why", "next"))
    figures.add(f"{name:<21} {failure['code']:<25} {done.seconds:5.1f} s  {sentences}")
    assert failure["code"] == code
    assert word in sentences
    assert failure["next"]


def test_a_lockfile_that_has_drifted_is_told_and_stops_nothing(server: Server, tmp_path: Path) -> None:
    done = server.deploy(_copy("lockfile_drift", tmp_path), "broken-lockfile-drift")

    assert done["status"] == "active"
    log = server.run("logs", "--project", "broken-lockfile-drift", "--build", "1").out
    assert "Lockfile drift: the lockfile does not fit package.json" in log


def test_a_port_that_cannot_be_moved_serves_the_first_deployment_and_refuses_the_second(
    server: Server, tmp_path: Path, figures: Figures
) -> None:
    folder = _copy("port_taken", tmp_path)
    manifest = folder / "package.json"
    manifest.write_text(manifest.read_text().replace("PORT_TAKEN", str(free_port())))
    first = server.deploy(folder, "broken-port-taken")
    assert first["status"] == "active"
    assert server.get("broken-port-taken").status == 200

    done = server.run("deploy", str(folder), "--project", "broken-port-taken", "--fresh", "--json", check=False)

    failure = done.json()["failure"]
    figures.add(f"{'port_taken':<21} {failure['code']:<25} {done.seconds:5.1f} s  {failure['what']} {failure['why']}")
    assert failure["code"] == "port_in_use"
    assert "where deployment #1 of the project listens" in failure["why"]
    assert server.get("broken-port-taken").status == 200, "the first one serves on"


def _copy(name: str, tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    shutil.copytree(BROKEN / name, folder)
    for path in list(folder.glob("_*")):
        # By their own names these files would speak to the tools of this repository.
        path.rename(folder / f".{path.name[1:]}")
    return folder


@contextmanager
def _refusing_registry() -> Iterator[str]:
    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            return

    registry = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=registry.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{registry.server_port}"
    finally:
        registry.shutdown()
        thread.join()
        registry.server_close()
