"""The command line of one sandbox: pure, from a Spec, the host's facts and the numbers of the opened descriptors."""

import posixpath
import re
from collections.abc import Sequence

import msgspec

from thakur.sandbox.host import Host
from thakur.sandbox.interface import Overlay, Spec, SpecInvalid, Workspace

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
HOME = "/home/app"
SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")
# A tmpfs is memory: where no cgroup counts it, its size is the only border.
TMPFS_BYTES = 1 << 30
# What a pipe takes before anybody reads.
INPUT_BYTES = 32 << 10

# What programs read to talk to the world: no keys (/etc/ssl/private stays outside), nothing about this host's users.
SYSTEM_FILES = (
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted/pem",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/nsswitch.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/fonts",
)
# The C library reads these while a program starts, so a tenant's value must meet no program that still is root.
_READ_BY_LIBC = re.compile(
    r"LD_\w*|GLIBC_\w*|MALLOC_\w*|LC_\w*|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LANG|LANGUAGE|LIBC_FATAL_STDERR_"
    r"|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|POSIXLY_CORRECT|RES_OPTIONS|RESOLV_HOST_CONF|TEXTDOMAIN\w*|TMPDIR|TZ|TZDIR",
    re.ASCII,
)
# Until then it travels under this name and a number, which nothing reads.
_LATER = "THAKUR_LATER_"


class Descriptors(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of the files that are opened for bubblewrap; it closes each before the command begins."""

    arguments: int
    information: int
    status: int
    block: int
    passwd: int
    group: int
    seccomp: int | None
    binds: tuple[int, ...]
    app: int | None


def check(spec: Spec) -> None:
    """Refuse what no kernel can be told. Raises SpecInvalid."""
    if not NAME.fullmatch(spec.name):
        raise SpecInvalid(f"{spec.name!r} cannot name a sandbox.", field="name")
    if not spec.argv:
        raise SpecInvalid("There is no command to run.", field="argv")
    if any("\0" in word for word in (spec.directory, *spec.argv, *spec.env, *spec.env.values())):
        raise SpecInvalid("A command or its environment holds a NUL byte.", field="env")
    if len(spec.input) > INPUT_BYTES:
        raise SpecInvalid("A command's input is longer than a pipe takes.", field="input")
    if any(not name or "=" in name for name in spec.env):
        raise SpecInvalid("A variable's name is empty or holds an equals sign.", field="env")


def command_line(spec: Spec, host: Host, descriptors: Descriptors, title: str) -> list[str]:
    """What is executed and what `ps` shows: `title` in place of the program's name, and no value of a variable."""
    return [title, "--args", str(descriptors.arguments), "--", *_into_the_tenant(spec, host)]


def arguments(
    spec: Spec, host: Host, descriptors: Descriptors, *, groups: Sequence[str] = (), outlives: bool = False
) -> bytes:
    """The options, separated by NUL, for `--args`: a command line is readable to every user of the host.

    `groups` are the command's own control groups, shown so that runtimes fit their heap and threads to the limits.
    """
    options = [
        *_isolation(host, outlives=outlives),
        *_watching(descriptors),
        *_system(host),
        *_identity_files(descriptors),
        *_writable(spec),
        *_groups(groups),
        *_app(spec.app, descriptors),
        *_binds(spec, descriptors),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *_environment(spec),
    ]
    return b"".join(option.encode(errors="surrogateescape") + b"\0" for option in options)


def passwd(uid: int, gid: int) -> bytes:
    return f"root:x:0:0:root:/nonexistent:/usr/sbin/nologin\napp:x:{uid}:{gid}:app:{HOME}:/bin/sh\n".encode()


def group(gid: int) -> bytes:
    return f"root:x:0:\napp:x:{gid}:\n".encode()


def inner_uid(spec: Spec, host: Host) -> int:
    return spec.uid if host.is_root else host.uid


def inner_gid(spec: Spec, host: Host) -> int:
    return spec.uid if host.is_root else host.gid


def _into_the_tenant(spec: Spec, host: Host) -> list[str]:
    drop = [] if not host.is_root else [
        *(host.setpriv, "--reuid", str(spec.uid), "--regid", str(spec.uid), "--clear-groups"),
        *("--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"),
    ]  # fmt: skip
    calm = [host.ionice, "-c", "2", "-n", "7"] if spec.is_background and host.ionice else []
    # /app is entered by the tenant: bubblewrap's root has no right to override a directory's mode.
    return [*drop, *calm, host.env, "-C", posixpath.normpath(f"/app/{spec.directory}"), *_named_late(spec), *spec.argv]


def _named_late(spec: Spec) -> list[str]:
    late = [name for name in spec.env if _READ_BY_LIBC.fullmatch(name)]
    if not late:
        return []
    # `env` itself fills in the values, from what --setenv gave it: this is a command line, which others can read.
    gone = [word for at in range(len(late)) for word in ("-u", f"{_LATER}{at}")]
    return [*gone, "-S", " ".join(f"{name}=${{{_LATER}{at}}}" for at, name in enumerate(late))]


def _isolation(host: Host, *, outlives: bool) -> list[str]:
    as_root = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    as_user = ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    return [
        # No namespace of control groups: the paths in /proc/self/cgroup must be those under which they are shown.
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "app"),
        "--new-session",
        *(as_root if host.is_root else as_user),
        *([] if outlives else ["--die-with-parent"]),
    ]


def _watching(descriptors: Descriptors) -> list[str]:
    seccomp = [] if descriptors.seccomp is None else ["--seccomp", str(descriptors.seccomp)]
    return [
        *("--info-fd", str(descriptors.information)),
        *("--json-status-fd", str(descriptors.status)),
        *("--block-fd", str(descriptors.block)),
        *seccomp,
    ]


def _system(host: Host) -> list[str]:
    # Directories are named before anything lies in them: a parent made in passing would be closed to the tenant.
    made = [word for path in ("/etc", "/etc/ssl", "/etc/pki", "/home", "/opt") for word in ("--dir", path)]
    links = [word for path, target in host.links for word in ("--symlink", target, path)]
    directories = [word for path in host.directories for word in ("--ro-bind", path, path)]
    files = [word for path in SYSTEM_FILES for word in ("--ro-bind-try", path, path)]
    return [
        *("--tmpfs", "/", "--ro-bind", "/usr", "/usr"),
        *links,
        *directories,
        *made,
        *files,
        *("--proc", "/proc", "--dev", "/dev"),
    ]


def _identity_files(descriptors: Descriptors) -> list[str]:
    return [
        *("--perms", "0644", "--ro-bind-data", str(descriptors.passwd), "/etc/passwd"),
        *("--perms", "0644", "--ro-bind-data", str(descriptors.group), "/etc/group"),
    ]


def _writable(spec: Spec) -> list[str]:
    size = str(spec.limits.memory_bytes or TMPFS_BYTES)
    return [
        *("--size", size, "--perms", "1777", "--tmpfs", "/tmp"),  # noqa: S108  (the sandbox's own)
        *("--size", size, "--perms", "0777", "--tmpfs", HOME),
    ]


def _groups(groups: Sequence[str]) -> list[str]:
    return [
        word
        for group in groups
        for word in (*(w for parent in _parents(group) for w in ("--dir", parent)), "--ro-bind", group, group)
    ]


def _binds(spec: Spec, descriptors: Descriptors) -> list[str]:
    words: list[str] = []
    for bind, descriptor in zip(spec.binds, descriptors.binds, strict=True):
        for parent in _parents(bind.target):
            words += ["--dir", parent]
        words += ["--bind-fd" if bind.is_writable else "--ro-bind-fd", str(descriptor), bind.target]
    return words


def _parents(target: str) -> list[str]:
    parts = target.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _app(app: Workspace | Overlay, descriptors: Descriptors) -> list[str]:
    if isinstance(app, Overlay):
        return ["--overlay-src", app.lower, "--overlay", app.upper, app.work, "/app"]
    return ["--bind-fd", str(descriptors.app), "/app"]


def _environment(spec: Spec) -> list[str]:
    own = {"PATH": ":".join((*spec.path, *SYSTEM_PATH)), "HOME": HOME, "USER": "app", "LANG": "C.UTF-8"}
    early = {name: value for name, value in spec.env.items() if not _READ_BY_LIBC.fullmatch(name)}
    late = [value for name, value in spec.env.items() if _READ_BY_LIBC.fullmatch(name)]
    early |= {f"{_LATER}{at}": value for at, value in enumerate(late)}
    return ["--clearenv", *(word for pair in (early | own).items() for word in ("--setenv", *pair))]
