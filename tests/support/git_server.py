"""Real repositories behind TLS on loopback: git http-backend, with logins, redirects, LFS and servers that say nothing."""

import base64
import datetime as dt
import hashlib
import ipaddress
import json
import os
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TOKEN = "s3cret-t0ken"
GIT_ENV = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def git(directory: Path, *words: str, stdin: bytes = b"") -> str:
    """What git answers; the words of a command that fails are raised."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | GIT_ENV
    ran = subprocess.run(["git", *words], cwd=directory, env=env, input=stdin, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode().strip()


class Repository:
    """A bare repository whose trees are written object by object, so that they may hold what git would refuse."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self._blobs: dict[bytes, str] = {}
        git(path, "init", "-q", "--bare", "--initial-branch=main")

    def blob(self, content: bytes | str) -> str:
        data = content if isinstance(content, bytes) else content.encode()
        if data not in self._blobs:
            self._blobs[data] = git(self.path, "hash-object", "-w", "--stdin", stdin=data)
        return self._blobs[data]

    def tree(self, files: dict[str, object]) -> str:
        """Names to contents; a dict is a directory, a pair is (mode, content or id)."""
        rows = []
        for name, value in files.items():
            mode, content = value if isinstance(value, tuple) else ("100644", value)
            if isinstance(content, dict):
                rows.append((name, b"40000", self.tree(content)))
            else:
                rows.append((name, mode.encode(), content if mode == "160000" else self.blob(content)))
        rows.sort(key=lambda row: row[0] + ("/" if row[1] == b"40000" else ""))
        data = b"".join(mode + b" " + name.encode() + b"\0" + bytes.fromhex(oid) for name, mode, oid in rows)
        return git(self.path, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=data)

    def commit(self, files: dict[str, object], message: str = "Add files", branch: str = "main") -> str:
        heads = git(self.path, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        parent = heads.splitlines()[0] if heads else ""
        words = ["-p", parent] if parent else []
        commit = git(self.path, "commit-tree", self.tree(files), *words, stdin=message.encode())
        git(self.path, "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def config(self, name: str, value: str) -> None:
        git(self.path, "config", name, value)


class Certificates:
    """An authority of one's own and a certificate for loopback by it."""

    def __init__(self, directory: Path) -> None:
        self.authority = directory / "ca.pem"
        self.chain = directory / "server.pem"
        now = dt.datetime.now(dt.UTC)
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        base = (
            x509.CertificateBuilder()
            .issuer_name(ca_name)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )
        ca = (
            base.subject_name(ca_name)
            .serial_number(1)
            .public_key(ca_key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(ca_key, hashes.SHA256())
        )
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        leaf = (
            base.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]))
            .serial_number(2)
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.authority.write_bytes(ca.public_bytes(pem))
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.chain.write_bytes(private + leaf.public_bytes(pem))


class GitServer:
    """Serves `root/NAME.git` at /NAME.git; /private/… asks for TOKEN, /to/HOST/… redirects there, /hang/… says nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.logins: list[str] = []
        self.certificates = Certificates(root)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.chain)
        self._context = context
        self.is_over = threading.Event()
        self._server.get_request = self._accept
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def _accept(self):
        connection, address = self._server.socket.accept()
        connection.settimeout(20)
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def url(self, path: str, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}/{path}"

    def repository(self, name: str) -> Repository:
        return Repository(self.root / f"{name}.git")

    def large(self, content: bytes) -> str:
        """Keep an LFS object; its pointer."""
        digest = hashlib.sha256(content).hexdigest()
        self.objects[digest] = content
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"

    def stop(self) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def log_message(self, *_: object) -> None:
                pass

            def _serve(self) -> None:
                body = self._body()
                login = self.headers.get("Authorization", "")
                server.requests.append((self.command, self.path))
                server.logins.append(login)
                first, _, rest = self.path.lstrip("/").partition("/")
                if first == "to":
                    host, _, path = rest.partition("/")
                    self._answer(302, b"", {"Location": f"https://{host}/{path}"})
                elif first == "hang":
                    server.is_over.wait(20)
                elif first == "private" and login.removeprefix("Basic ") != _basic():
                    self._answer(401 if not login else 403 if "forbidden" in rest else 401, b"", _ASK)
                elif self.path.endswith("/info/lfs/objects/batch"):
                    self._batch(json.loads(body))
                elif first == "objects":
                    content = server.objects.get(rest.partition("?")[0])
                    self._answer(404 if content is None else 200, content or b"", {})
                else:
                    self._backend(rest if first == "private" else self.path.lstrip("/"), body)

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                    return body
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def _batch(self, asked: dict) -> None:
                objects = []
                for each in asked["objects"]:
                    known = each["oid"] in server.objects
                    action = {"href": server.url(f"objects/{each['oid']}?signed=1"), "header": {"X-Signed": "1"}}
                    about = {"actions": {"download": action}} if known else {"error": {"code": 404}}
                    objects.append({"oid": each["oid"], "size": each["size"]} | about)
                self._answer(200, json.dumps({"objects": objects}).encode(), {})

            def _backend(self, path: str, body: bytes) -> None:
                parts = urlsplit(path)
                env = {
                    "PATH": os.environ["PATH"],
                    "GIT_PROJECT_ROOT": str(server.root),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": "/" + parts.path,
                    "QUERY_STRING": parts.query,
                    "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                } | GIT_ENV
                ran = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=False)
                head, _, content = ran.stdout.partition(b"\r\n\r\n")
                headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
                self._answer(int(headers.pop("Status", "200").split()[0]), content, headers)

            def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


_ASK = {"WWW-Authenticate": 'Basic realm="git"'}


def _basic() -> str:
    return base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
