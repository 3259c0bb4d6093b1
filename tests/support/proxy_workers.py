"""A proxy worker that carries no traffic: it speaks the control language and fails as it is told."""

import json
from pathlib import Path
from typing import Any

_PROGRAM = """
import asyncio, json, os, signal, socket, sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
sys.path.insert(0, options["--home"])
from thakur.proxy.dataplane.wire import VERSION, Decoder, encode

def knob(name):
    return json.load(open(ROOT + "/knobs.json")).get(name)

def note(entry):
    with open(ROOT + "/heard.jsonl", "a") as file:
        file.write(json.dumps({"pid": os.getpid(), **entry}) + "\\n")

class Control(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.decoder = transport, Decoder()

    def data_received(self, data):
        for message in self.decoder.feed(data):
            note(message)
            answer = getattr(self, message["kind"])(message)
            if answer:
                self.transport.write(encode({"kind": message["kind"], **answer}))

    def hello(self, message):
        if message["key"] == key and knob("sulks") not in (True, os.getpid()):
            return {"version": VERSION, "pid": os.getpid(), "table": newest}
        self.transport.abort()

    def listeners(self, message):
        of = {"visitors": "--listen", "door": "--probe", "control": "--control"}
        line = socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno()))
        answer = encode({"kind": "listeners", "of": list(of)})
        socket.send_fds(line, [answer], [int(options[name]) for name in of.values()])
        line.close()

    def leave(self, message):
        asyncio.get_running_loop().call_later(knob("lingers") or 0, sys.exit)

    def table(self, message):
        global newest
        newest = message["version"]
        if knob("hangs_up_at") == message["version"]:
            self.transport.abort()
        elif knob("deaf") not in (True, os.getpid()):
            return {"kind": "ack", "version": message["version"]}

    def drain(self, message):
        if not knob("holds"):
            return {"kind": "drained", "pool": message["pool"], "cut": 0}

    def cut(self, message):
        if message["what"] == knob("lets_go_of"):
            return {"kind": "drained", "pool": message["pool"], "cut": 3}

def leave(*_):
    note({"kind": "SIGTERM"})
    if not knob("stays"):
        sys.exit(0)

async def main():
    signal.signal(signal.SIGTERM, leave)
    if knob("dies"):
        sys.exit("no life in me")
    loop = asyncio.get_running_loop()
    await loop.create_unix_server(Control, sock=socket.socket(fileno=int(options["--control"])))
    await asyncio.Event().wait()

newest = 0
key = os.read(int(options["--key"]), 1000).decode()
asyncio.run(main())
"""


class FakeWorkers:
    """The program, its knobs (`dies sulks deaf hangs_up_at holds lets_go_of lingers stays`) and what it heard."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.program = directory / "fake_worker.py"
        self.program.write_text(f"ROOT = {str(directory)!r}\n{_PROGRAM}")
        self.set()

    def set(self, **knobs: Any) -> None:
        fresh = self._directory / "knobs.new"
        fresh.write_text(json.dumps(knobs))
        fresh.replace(self._directory / "knobs.json")

    def heard(self, *kinds: str) -> list[dict[str, Any]]:
        try:
            lines = (self._directory / "heard.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [message for line in lines if (message := json.loads(line))["kind"] in kinds]
