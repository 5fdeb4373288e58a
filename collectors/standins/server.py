"""A threaded HTTP server on 127.0.0.1 with a route table, a request log and a fault plan."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

from collectors.standins import delivery
from collectors.standins.clock import StandInClock
from collectors.standins.faults import WIRE_KINDS, FaultPlan, build_faulty
from collectors.standins.messages import Request, RequestLog, Response, build_json

Handler = Callable[[Request, Mapping[str, str]], Response]
MAX_BODY_BYTES = 1 << 20
CONTROL_PREFIX = "/_standin/"


class Routes:
    """Method and path template (`/2/users/{id}/mentions`) to handler; a trailing slash does not matter."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, template: str, handler: Handler) -> None:
        """Answer `method` on paths of the form `template` with `handler`."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
        self._routes.append((method, re.compile(pattern + "/?"), handler))

    def answer(self, request: Request) -> Response:
        """The answer of the first route that fits; 404, or 405 for a known path with another method."""
        known = False
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match is None:
                continue
            known = True
            if method == request.method:
                return handler(request, match.groupdict())
        status = 405 if known else 404
        return build_json({"error": status, "message": f"{request.method} {request.path}"}, status=status)


class LoopbackServer:
    """Serves `routes` from its own threads until it is stopped; use it as a context manager."""

    def __init__(self, routes: Routes, *, log: RequestLog, faults: FaultPlan, clock: StandInClock) -> None:
        self.routes = routes
        self.clock = clock
        self.log = log
        self.faults = faults
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Address without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def connections(self) -> int:
        """How many clients hold a connection open."""
        return self._server.count_open()

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection, wait for the threads to end, free the port."""
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them: no thread outlives the stand-ins
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], owner: LoopbackServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def note_open(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def note_closed(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(connection)

    def count_open(self) -> int:
        with self._open_lock:
            return len(self._open)

    def close_connections(self) -> None:
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the other side was faster
                    continue

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of ours; anything else is, and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed wants the exact socket types


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one segment: without this each answer waits 40 ms for an ACK
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.note_open(self.connection)

    def finish(self) -> None:
        self.server.note_closed(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; the request log has it."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Date answers by the stand-ins' clock."""
        return super().date_time_string(self.server.owner.clock.now().timestamp() if timestamp is None else timestamp)

    def _serve(self) -> None:
        owner = self.server.owner
        request = self._read()
        if request is None:
            delivery.send(self, build_json({"error": 413}, status=413), close=True)
            return
        if request.path.startswith(CONTROL_PREFIX):
            delivery.send(self, owner.routes.answer(request), close=True)
            return
        owner.log.append(request)
        close = request.headers.get("connection", "").lower() == "close"
        fault = owner.faults.take(request.path)
        if fault is None:
            delivery.send(self, owner.routes.answer(request), close=close)
        elif fault.kind in WIRE_KINDS:
            delivery.misbehave(self, fault, answer=lambda: owner.routes.answer(request), stopping=owner.stopping)
        else:
            delivery.send(self, build_faulty(fault, lambda: owner.routes.answer(request)), close=close)

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdecimal() else MAX_BODY_BYTES + 1
        if size > MAX_BODY_BYTES:
            return None
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
            repeated=parse_qs(parts.query, keep_blank_values=True),
        )

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # the names http.server looks for
