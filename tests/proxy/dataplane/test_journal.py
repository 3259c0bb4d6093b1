"""What a worker says, and that it never waits for a reader."""

import json
import os

from thakur.proxy.dataplane.journal import Journal


def test_a_line_is_one_object():
    reader, writer = os.pipe()
    Journal(writer).write("warning", "upstream refused", host="app.test", pool="p1")
    line = json.loads(os.read(reader, 4096))
    assert {key: line[key] for key in ("level", "message", "host", "pool")} == {
        "level": "warning",
        "message": "upstream refused",
        "host": "app.test",
        "pool": "p1",
    }
    os.close(reader)
    os.close(writer)


def test_a_reader_that_does_not_read_costs_lines_and_no_time():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while True:
        try:
            os.write(writer, b"x" * 65536)
        except BlockingIOError:
            break
    os.set_blocking(writer, True)
    journal = Journal(writer)
    journal.write("warning", "lost")
    while len(os.read(reader, 1 << 20)) == 1 << 20:
        pass
    journal.write("warning", "said")
    line = json.loads(os.read(reader, 4096))
    assert (line["message"], line["dropped_lines"]) == ("said", 1)
    os.close(reader)
    os.close(writer)


def test_a_flood_is_bounded():
    reader, writer = os.pipe()
    journal = Journal(writer)
    for _ in range(1000):
        journal.write("warning", "again")
    os.close(writer)
    with os.fdopen(reader) as file:
        assert len(file.readlines()) <= 60
