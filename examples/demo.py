"""`make demo`: a server of its own on free ports, one application live on it, and nothing left behind at the end."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
READY_SECONDS = 90
STOP_SECONDS = 60
THAKUR = [sys.executable, "-m", "thakur"]


def main() -> int:
    """Run the demo until SIGINT or SIGTERM; 0 when the application was live."""
    # Also where SIGINT came in ignored, as for a command that a script put into the background.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    data = Path(tempfile.mkdtemp(prefix="thakur-demo-"))
    env = _environment(data)
    began = time.monotonic()
    # What it says when it is ready is said below, with what was deployed.
    serve = subprocess.Popen([*THAKUR, "serve"], env=env, cwd=data, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_until_ready(serve, env)
        ready = time.monotonic() - began
        deployed = _deploy(env)
        _show(data, env, ready, deployed)
        serve.wait()
    except KeyboardInterrupt:
        return 0
    else:
        return 1
    finally:
        _end(serve, env)
        shutil.rmtree(data, ignore_errors=True)


def _environment(data: Path) -> dict[str, str]:
    dashboard, proxy = _free_port(), _free_port()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("THAKUR_")},
        "THAKUR_DATA_DIR": str(data),
        "THAKUR_ADDRESS": f"127.0.0.1:{dashboard}",
        "THAKUR_HTTP": f"127.0.0.1:{proxy}",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(serve: "subprocess.Popen[bytes]", env: dict[str, str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if serve.poll() is not None:
            raise SystemExit(f"The server ended with status {serve.returncode}; its last words stand above.")
        if _status(env["THAKUR_ADDRESS"], "/ready") == 200:
            return
        time.sleep(0.05)
    raise SystemExit(f"The server was not ready within {READY_SECONDS} s.")


def _status(address: str, path: str, host: str | None = None) -> int:
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _deploy(env: dict[str, str]) -> dict[str, object]:
    done = subprocess.run(
        [*THAKUR, "deploy", str(HERE / "hono"), "--project", "hello", "--json"],
        env=env,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise SystemExit("The example did not come up; its log stands above.")
    deployed: dict[str, object] = json.loads(done.stdout)
    return deployed


def _show(data: Path, env: dict[str, str], ready: float, deployed: dict[str, object]) -> None:
    # A name below localhost is known to browsers and curl, not to every resolver: the Host header says it.
    host = str(deployed["url"]).removeprefix("http://")
    status = _status(env["THAKUR_HTTP"], "/", host)
    print(
        f"""
  Live:    {deployed["url"]}   (GET / answered {status})
  Sign in: {_login_link(env)}   (once, within 10 minutes: it makes the owner)
  Took:    {ready:.1f} s to start the server, {deployed["seconds"]} s from upload to live
  More:    export THAKUR_DATA_DIR={data}
           {sys.executable} -m thakur projects
  End it:  Ctrl-C
""",
        flush=True,
    )


def _login_link(env: dict[str, str]) -> str:
    done = subprocess.run(
        [*THAKUR, "login-link"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return done.stdout.decode().strip() or "thakur login-link failed"


def _end(serve: "subprocess.Popen[bytes]", env: dict[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if serve.poll() is None:
        serve.send_signal(signal.SIGINT)
        try:
            serve.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            serve.kill()
    subprocess.run([*THAKUR, "stop"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
