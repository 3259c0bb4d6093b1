import json
import signal
import subprocess
import sys
import threading

from support.services import entries, make_build
from thakur.logs import Level


def test_the_newest_lines_of_the_application_are_printed(thakur, server):
    thakur("projects", "create", "shop")
    server.call(server.doubles.logs.append(1001, entries(*"abcd")))
    assert thakur("logs", "--project", "shop", "--last", 2).out == "c\nd\n"
    assert [line["text"] for line in json.loads(thakur("logs", "--project", "shop", "--json").out)] == list("abcd")


def test_the_whole_log_of_a_build_is_printed(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.builds.rows[1, 3] = make_build(1, 3)
    texts = [f"line {number}" for number in range(1234)]
    server.call(server.doubles.logs.append(103, entries(*texts)))
    assert thakur("logs", "--project", "shop", "--build", 3).out.splitlines() == texts


def test_a_log_without_lines_says_so(thakur, server):
    thakur("projects", "create", "shop")
    ran = thakur("logs", "--project", "shop")
    assert (ran.status, ran.out) == (0, "")
    assert "No lines yet." in ran.err


def test_following_prints_what_comes_and_ends_with_the_stream(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.builds.rows[1, 3] = make_build(1, 3)
    server.call(server.doubles.logs.append(103, entries("first")))

    def later():
        server.call(server.doubles.logs.append(103, entries("second", level=Level.ERROR)))
        server.call(server.doubles.logs.end(103))

    timer = threading.Timer(0.2, later)
    timer.start()
    ran = thakur("logs", "-f", "--project", "shop", "--build", 3, "--json")
    timer.join()
    assert [json.loads(line)["text"] for line in ran.out.splitlines()] == ["first", "second"]


def test_an_application_cannot_drive_the_terminal(thakur, server):
    thakur("projects", "create", "shop")
    server.call(server.doubles.logs.append(1001, entries("\x1b[2J\x1b]0;title\x07red \x1b[31mapple\x1b[0m\r\x9b1A!")))
    assert thakur("logs", "--project", "shop").out == "red apple1A!\n"


def test_a_log_that_is_not_there_is_named(thakur, server):
    thakur("projects", "create", "shop")
    ran = thakur("logs", "--project", "shop", "--build", 9)
    assert (ran.status, ran.err) == (1, "There is no build 9.\nSee them with: thakur builds\n")


def test_more_lines_than_a_page_are_begun_with(thakur, server):
    thakur("projects", "create", "shop")
    texts = [f"line {number}" for number in range(1234)]
    server.call(server.doubles.logs.append(1001, entries(*texts)))
    assert thakur("logs", "--project", "shop", "--last", 700).out.splitlines() == texts[-700:]
    assert thakur("logs", "--project", "shop", "--last", 5000).out.splitlines() == texts
    assert thakur("logs", "--project", "shop", "--last", 0).status == 2


def test_clearing_asks_for_the_name_and_goes_on_with_the_next_line(thakur, server):
    thakur("projects", "create", "shop")
    server.call(server.doubles.logs.append(1001, entries("old")))
    unsure = thakur("logs", "clear", "--project", "shop")
    assert (unsure.status, "Add --yes" in unsure.err) == (2, True)
    assert thakur("logs", "--project", "shop").out == "old\n"

    cleared = thakur("logs", "clear", "--project", "shop", "--yes")

    assert (cleared.status, cleared.err) == (0, "The log is cleared. It goes on with line 2.\n")
    assert thakur("logs", "--project", "shop").out == ""


def test_the_log_of_a_build_is_cleared_by_its_number(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.builds.rows[1, 3] = make_build(1, 3)
    server.call(server.doubles.logs.append(103, entries("old")))
    ran = thakur("logs", "clear", "--project", "shop", "--build", 3, "--yes", "--json")
    assert json.loads(ran.out) == {"goes_on_from": 2}
    assert thakur("logs", "--project", "shop", "--build", 3).out == ""


def test_whoever_follows_is_told_once_that_the_log_was_cleared(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.builds.rows[1, 3] = make_build(1, 3)
    logs = server.doubles.logs
    server.call(logs.append(103, entries("first")))

    def later():
        server.call(logs.clear(103))
        server.call(logs.append(103, entries("second")))
        server.call(logs.end(103))

    timer = threading.Timer(0.2, later)
    timer.start()
    ran = thakur("logs", "-f", "--project", "shop", "--build", 3)
    timer.join()
    assert (ran.out, ran.err) == ("first\nsecond\n", "The log was cleared.\n")


def test_an_interrupt_ends_the_following_quietly(thakur, server):
    thakur("projects", "create", "shop")
    server.call(server.doubles.logs.append(1001, entries("first")))
    command = [sys.executable, "-m", "thakur", "logs", "-f", "--project", "shop"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as following:
        assert following.stdout.readline() == b"first\n"

        following.send_signal(signal.SIGINT)

        assert following.communicate(timeout=5) == (b"", b"")
    assert following.returncode == 130
