"""A small service that speaks as much S3 as the product uses: PUT, GET and DELETE of objects, with signed requests."""

import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

KEY, SECRET, BUCKET = "laurel-key", "laurel/secret+key", "laurel-files"


class FakeS3:
    """The service on a port of this machine. `objects` is what it holds; `broken` makes it answer 500."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.broken = False
        self.refused: list[str] = []
        service = self

        class Handler(_Handler):
            owner = service

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What STORAGE_URL says."""
        port = self._server.server_address[1]
        return f"s3://{KEY}:{quote(SECRET, safe='')}@127.0.0.1:{port}/{BUCKET}?tls=off"

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    owner: FakeS3
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._admitted(body):
            self.owner.objects[self._name()] = (body, self.headers.get("Content-Type", ""))
            self._answer(200, b"", {"ETag": f'"{hashlib.sha256(body).hexdigest()}"'})

    def do_GET(self) -> None:
        if self._admitted(b""):
            if self._name() in self.owner.objects:
                content, kind = self.owner.objects[self._name()]
                self._answer(200, content, {"Content-Type": kind})
            else:
                self._refuse(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        if self._admitted(b""):
            self.owner.objects.pop(self._name(), None)
            self._answer(204, b"", {})

    def _name(self) -> str:
        bucket, _, name = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        assert bucket == BUCKET
        return name

    def _admitted(self, body: bytes) -> bool:
        """AWS Signature Version 4, reckoned anew."""
        if self.owner.broken:
            self._refuse(500, "InternalError")
            return False
        given = dict(part.strip().split("=", 1) for part in self.headers["Authorization"].split(" ", 1)[1].split(","))
        key, day, region, service, end = given["Credential"].split("/")
        names = given["SignedHeaders"].split(";")
        digest = self.headers["x-amz-content-sha256"]
        request = "\n".join([
            self.command, urlsplit(self.path).path, urlsplit(self.path).query,
            *(f"{name}:{' '.join(self.headers[name].split())}" for name in names), "", ";".join(names), digest,
        ])  # fmt: skip
        scope = f"{day}/{region}/{service}/{end}"
        text = "\n".join([
            "AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, hashlib.sha256(request.encode()).hexdigest()
        ])  # fmt: skip
        secret = f"AWS4{SECRET}".encode()
        for part in (day, region, service, end):
            secret = hmac.digest(secret, part.encode(), "sha256")
        signed = hmac.digest(secret, text.encode(), "sha256").hex()
        whole = digest in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest())
        if key != KEY or signed != given["Signature"] or not whole:
            self.owner.refused.append(self.path)
            self._refuse(403, "SignatureDoesNotMatch")
            return False
        return True

    def _refuse(self, status: int, code: str) -> None:
        words = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>No.</Message></Error>"
        self._answer(status, words.encode(), {"Content-Type": "application/xml"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
