"""A server on loopback that answers like Elasticsearch on a bad day: what it says is scripted, request by request."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.support.certificates import Certificate
from tests.support.loopback import serving


class Answer(NamedTuple):
    """One answer; `delay_seconds` passes after the request was read and before anything is sent."""

    status: int = 200
    body: object = {}
    content_type: str = "application/json"
    product: bool = True
    delay_seconds: float = 0.0


class Request(NamedTuple):
    """One request as it came in."""

    method: str
    path: str
    body: bytes

    @property
    def bulk_ids(self) -> list[str]:
        """The ids that a bulk request names, in order."""
        return [head["_id"] for head in self._bulk_heads]

    @property
    def _bulk_heads(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.body.splitlines()]
        heads = [next(iter(line.values())) for line in lines if set(line) & {"index", "delete", "create"}]
        return [head for head in heads if isinstance(head, dict) and "_id" in head]

    @property
    def is_of_homes(self) -> bool:
        """Whether it asks or writes the directory of ids alone."""
        if self.path.partition("?")[0].endswith("/_bulk"):
            return all(head["_index"] == HOMES for head in self._bulk_heads)
        return self.path.startswith(f"/{HOMES}/_mget")


REPORTS, RESTRICTED, HOMES = (
    "sidak-reports-v3-000001-000001",
    "sidak-restricted-v3-000001-000001",
    "sidak-homes-v3-000001",
)
LAYOUT = {
    REPORTS: {"aliases": {"sidak-reports": {}, "sidak-reports-write": {}}},
    RESTRICTED: {"aliases": {"sidak-restricted": {}, "sidak-restricted-write": {}}},
    HOMES: {"aliases": {"sidak-homes": {}}},
}
"""One generation, as `GET /_alias/…` tells it."""

Script = Callable[[Request], Answer]


class ElasticStandin:
    """Plays a script: a list of answers, or a function of the request; remembers what it was asked."""

    def __init__(self, server: ThreadingHTTPServer, *, scheme: str = "http") -> None:
        self.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        self.requests: list[Request] = []
        self.in_order = False
        """Whether aliases and the directory of ids are answered well, so that the script is about documents alone."""
        self._script: Script = lambda _request: Answer()

    def play(self, *answers: Answer | Script) -> None:
        """Give these answers in turn; the last one again and again."""
        left = list(answers)

        def script(request: Request) -> Answer:
            answer = left.pop(0) if len(left) > 1 else left[0]
            return answer if isinstance(answer, Answer) else answer(request)

        self._script = script

    def answer(self, request: Request) -> Answer:
        if self.in_order and request.path.startswith("/_alias"):
            return Answer(body=LAYOUT)
        if self.in_order and request.is_of_homes:
            return _answer_of_homes(request)
        self.requests.append(request)
        return self._script(request)


def _answer_of_homes(request: Request) -> Answer:
    """Answer like a directory that knows none of the ids, and takes all."""
    if "/_mget" in request.path:
        return Answer(body={"docs": [{"_id": id, "found": False} for id in json.loads(request.body)["ids"]]})
    return bulk_answer(*[201] * len(request.bulk_ids))(request)


def bulk_answer(*statuses: int, **error: str) -> Script:
    """Return a script that answers a bulk request with HTTP 200 and these statuses for its items."""

    def script(request: Request) -> Answer:
        items: list[dict[str, Any]] = []
        for id, status in zip(request.bulk_ids, statuses, strict=True):
            item: dict[str, Any] = {"_id": id, "status": status, "result": "created" if status < 300 else ""}
            if status >= 300:
                item["error"] = {"type": "some_exception", "reason": f"reason for {id}"} | error
            items.append({"index": item})
        return Answer(body={"took": 1, "errors": any(status >= 300 for status in statuses), "items": items})

    return script


@contextmanager
def run_elastic_standin(certificate: Certificate | None = None) -> Iterator[ElasticStandin]:
    """Run a stand-in on a free port, over TLS where it is given a certificate."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        # The handshake is the handler's business, so that a client who breaks it off stops no other.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    standin = ElasticStandin(server, scheme="http" if certificate is None else "https")
    server.standin = standin  # type: ignore[attr-defined]
    with serving(server):
        yield standin


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def handle(self) -> None:
        with suppress(ssl.SSLError, ConnectionResetError):  # who does not trust us hangs up
            super().handle()

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(self.command, self.path, self.rfile.read(length))
        answer = self.server.standin.answer(request)  # type: ignore[attr-defined]
        time.sleep(answer.delay_seconds)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            if answer.product:
                self.send_header("X-Elastic-Product", "Elasticsearch")
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client gave up waiting, which is what some scripts are about
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815 - the standard library's names

    def log_message(self, *_: object) -> None:
        pass
