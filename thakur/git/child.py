"""The program that fetches, as a command for the sandbox: its interpreter, its files, and nothing else of this host."""

import functools
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path

from thakur.sandbox import Bind, Limits, SandboxRefused, Spec, Workspace, certificate_binds

INSIDE = "/opt/git"
MEMORY_BYTES = 1536 * 1024**2
PROCESSES = 64
# The tunnel in there is what asks the proxy of this place; libgit2 itself must know of none.
PASSED = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")

_RUN = f"import sys; sys.path.insert(0, {INSIDE!r}); from fetching.program import main; main()"


def spec(name: str, directory: Path, uid: int, passed: Mapping[str, str], asked: bytes, repository: str) -> Spec:
    """The command; `asked` reaches it on its standard input. `repository` is a directory of this host, or empty."""
    env = {variable: passed[variable] for variable in PASSED if variable in passed}
    shown = (Bind(repository, repository),) if repository else ()
    return Spec(
        name=name,
        argv=(_interpreter(), "-I", "-S", "-B", "-c", _RUN),
        env=env,
        uid=uid,
        app=Workspace(str(directory)),
        binds=(*_program(), *certificate_binds(env), *shown),
        limits=Limits(memory_bytes=MEMORY_BYTES, cpus=1.0, processes=PROCESSES),
        is_background=True,
        input=asked,
    )


def _interpreter() -> str:
    # Not the virtual environment's link: its directory is not shown, and may be closed to the project's user.
    return str(Path(sys.executable).resolve())


@functools.cache
def _program() -> tuple[Bind, ...]:
    own = Bind(str(Path(__file__).parent / "fetching"), f"{INSIDE}/fetching")
    base = Path(sys.base_prefix).resolve()
    interpreter = () if base.is_relative_to("/usr") else (Bind(str(base), str(base)),)
    return (own, *interpreter, *_library("pygit2", "pygit2.libs"), *_library("_cffi_backend"))


def _library(module: str, beside: str = "") -> tuple[Bind, ...]:
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise SandboxRefused(f"The library {module} is not installed.", hint="Install thakur-deploy again.")
    origin = Path(found.origin)
    shown = origin.parent if origin.name == "__init__.py" else origin
    paths = [shown, *([shown.parent / beside] if beside and (shown.parent / beside).exists() else [])]
    return tuple(Bind(str(path), f"{INSIDE}/{path.name}") for path in paths)
