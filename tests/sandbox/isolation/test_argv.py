import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.sandbox import Bind, Limits, Overlay, Spec, SpecInvalid, Workspace
from thakur.sandbox.host import Host
from thakur.sandbox.isolation.argv import Descriptors, arguments, check, command_line, passwd

ROOT = Host(
    uid=0,
    gid=0,
    bubblewrap="/usr/bin/bwrap",
    setpriv="/usr/bin/setpriv",
    env="/usr/bin/env",
    ionice="/usr/bin/ionice",
    links=(("/bin", "usr/bin"),),
    directories=("/lib64",),
)
USER = Host(uid=1000, gid=1000, bubblewrap="/usr/bin/bwrap", setpriv="/usr/bin/setpriv", env="/usr/bin/env")
DESCRIPTORS = Descriptors(
    arguments=10, information=11, status=12, block=13, passwd=14, group=15, seccomp=16, binds=(), app=17
)


def make_spec(**others) -> Spec:
    return Spec(**{"name": "build-5-97", "argv": ("bun", "x.ts"), "uid": 610005, "app": Workspace("/data/w"), **others})


def options(spec: Spec, host: Host = ROOT, descriptors: Descriptors = DESCRIPTORS, **others) -> list[str]:
    words = arguments(spec, host, descriptors, **others).decode().split("\0")
    assert words.pop() == ""
    return words


def pairs(words: list[str], option: str, count: int) -> list[tuple[str, ...]]:
    return [tuple(words[at + 1 : at + 1 + count]) for at, word in enumerate(words) if word == option]


def test_root_makes_no_user_namespace_and_drops_to_the_tenant():
    words, command = options(make_spec()), command_line(make_spec(), ROOT, DESCRIPTORS, "title")

    assert "--unshare-user" not in words
    assert pairs(words, "--cap-add", 1) == [("CAP_SETUID",), ("CAP_SETGID",), ("CAP_SETPCAP",)]
    assert command[command.index("--reuid") + 1] == command[command.index("--regid") + 1] == "610005"
    assert {"--clear-groups", "--bounding-set=-all", "--no-new-privs"} < set(command)


def test_a_normal_user_gets_a_namespace_and_cannot_make_more():
    words, command = options(make_spec(), USER), command_line(make_spec(), USER, DESCRIPTORS, "title")

    assert {"--unshare-user", "--disable-userns"} < set(words)
    assert "--cap-add" not in words
    assert "/usr/bin/setpriv" not in command


@pytest.mark.parametrize("host", [ROOT, USER])
def test_every_sandbox_has_its_walls(host):
    words = options(make_spec(), host)

    assert {"--unshare-pid", "--unshare-ipc", "--unshare-uts", "--new-session", "--clearenv"} < set(words)
    assert pairs(words, "--cap-drop", 1) == [("ALL",)]
    assert pairs(words, "--seccomp", 1) == [("16",)]
    assert pairs(words, "--remount-ro", 1) == [("/dev",), ("/",)]
    assert "--unshare-net" not in words


def test_only_a_step_dies_with_its_parent():
    assert "--die-with-parent" in options(make_spec())
    assert "--die-with-parent" not in options(make_spec(), outlives=True)


@given(values=st.dictionaries(st.sampled_from(["TOKEN", "URL", "path", "TZ", "LC_X"]), st.text("abc=\n ", min_size=8)))
def test_values_of_variables_are_in_no_command_line(values):
    words = command_line(make_spec(env=values), ROOT, DESCRIPTORS, "title")

    assert not any(value in word for value in values.values() for word in words)
    assert set(values.values()) <= {value for _, value in pairs(options(make_spec(env=values)), "--setenv", 2)}


@pytest.mark.parametrize(
    "name",
    ["LD_PRELOAD", "LD_AUDIT", "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "LC_ALL", "LANGUAGE", "MALLOC_ARENA_MAX"],
)
def test_what_the_c_library_obeys_is_set_only_after_the_uid_is_dropped(name):
    spec = make_spec(env={name: "/app/evil.so"})
    command = command_line(spec, ROOT, DESCRIPTORS, "title")

    assert command[command.index("/usr/bin/env") :][-3:] == [f"{name}=${{THAKUR_LATER_0}}", "bun", "x.ts"]
    assert command.index("--reuid") < command.index("/usr/bin/env")
    given = dict(pairs(options(spec), "--setenv", 2))
    assert name not in given or given[name] == "C.UTF-8"
    assert given["THAKUR_LATER_0"] == "/app/evil.so"


def test_our_path_and_home_cannot_be_overridden():
    spec = make_spec(env={"PATH": "/app", "HOME": "/", "USER": "root"}, path=("/opt/thakur/bin",))
    found = dict(pairs(options(spec), "--setenv", 2))

    assert found["PATH"] == "/opt/thakur/bin:/usr/local/bin:/usr/bin:/bin"
    assert (found["HOME"], found["USER"]) == ("/home/app", "app")


def test_an_overlay_lies_over_the_artifact():
    words = options(make_spec(app=Overlay("/a", "/u", "/w")))

    assert pairs(words, "--overlay-src", 1) == [("/a",)]
    assert pairs(words, "--overlay", 3) == [("/u", "/w", "/app")]


def test_a_command_begins_where_its_spec_says():
    words = command_line(make_spec(directory="apps/web"), ROOT, DESCRIPTORS, "thakur")

    assert words[words.index("-C") + 1] == "/app/apps/web"


def test_a_workspace_comes_by_descriptor_so_that_no_link_can_move_it():
    words = options(make_spec())

    assert ("17", "/app") in pairs(words, "--bind-fd", 2)
    assert "/data/w" not in words


def test_binds_are_read_only_unless_asked_and_their_parents_are_open():
    spec = make_spec(binds=(Bind("/b", "/opt/thakur/bin/bun"), Bind("/c", "/cache", is_writable=True)))
    descriptors = Descriptors(
        arguments=10, information=11, status=12, block=13, passwd=14, group=15, seccomp=None, binds=(20, 21), app=17
    )
    words = options(spec, descriptors=descriptors)

    assert pairs(words, "--ro-bind-fd", 2) == [("20", "/opt/thakur/bin/bun")]
    assert ("21", "/cache") in pairs(words, "--bind-fd", 2)
    assert {("/opt",), ("/opt/thakur",), ("/opt/thakur/bin",)} <= set(pairs(words, "--dir", 1))
    assert "--seccomp" not in words


def test_no_host_directory_but_the_system_is_shown():
    shown = {source for source, _ in [*pairs(options(make_spec()), "--ro-bind", 2)]}

    assert shown == {"/usr", "/lib64"}
    assert not any(path.startswith(("/etc/shadow", "/etc/ssl/private")) for path in options(make_spec()))


def test_memory_file_systems_are_no_larger_than_the_limit():
    sizes = pairs(options(make_spec(limits=Limits(memory_bytes=5000))), "--size", 1)

    assert sizes == [("5000",), ("5000",)]


def test_a_background_step_is_calm_as_the_tenant():
    command = command_line(make_spec(is_background=True), ROOT, DESCRIPTORS, "title")

    assert command.index("--reuid") < command.index("/usr/bin/ionice") < command.index("bun")


@pytest.mark.parametrize("name", ["", "a/b", "..", "A", "-a", "a" * 101])
def test_a_name_is_a_plain_file_name(name):
    with pytest.raises(SpecInvalid):
        check(make_spec(name=name))


@pytest.mark.parametrize(
    "others", [{"argv": ()}, {"argv": ("a\0b",)}, {"env": {"A": "\0"}}, {"env": {"A=B": "c"}}, {"env": {"": "c"}}]
)
def test_what_no_kernel_understands_is_refused(others):
    with pytest.raises(SpecInvalid):
        check(make_spec(**others))


def test_names_inside_are_made_up():
    assert passwd(610005, 610005).decode().splitlines()[1] == "app:x:610005:610005:app:/home/app:/bin/sh"
