import json
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
