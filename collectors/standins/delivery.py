"""Putting an answer on the wire, well or badly."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from collectors.standins.faults import Fault
from collectors.standins.messages import Response


def send(handler: BaseHTTPRequestHandler, response: Response, *, close: bool = False) -> None:
    """Write one whole answer; `close` also says so, as some clients ask for it."""
    _head(handler, response, close=close)
    handler.wfile.write(response.body)
    handler.wfile.flush()


def misbehave(
    handler: BaseHTTPRequestHandler, fault: Fault, *, answer: Callable[[], Response], stopping: threading.Event
) -> None:
    """Deliver (or do not deliver) an answer in the way `fault` asks; the connection ends with it."""
    handler.close_connection = True
    match fault.kind:
        case "reset":
            _reset(handler)
        case "hang":
            stopping.wait(fault.seconds)
        case "drip":
            _drip(handler, answer(), seconds=fault.seconds, stopping=stopping)
        case "truncated":
            response = answer()
            _head(handler, response, close=False)
            handler.wfile.write(response.body[: len(response.body) // 2])
        case _:
            _abort_chunks(handler, answer())


def _head(handler: BaseHTTPRequestHandler, response: Response, *, close: bool, chunked: bool = False) -> None:
    handler.send_response(response.status)
    handler.send_header("Content-Type", response.content_type)
    for name, value in response.headers.items():
        handler.send_header(name, value)
    if close:
        handler.send_header("Connection", "close")
        handler.close_connection = True
    if chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    else:
        handler.send_header("Content-Length", str(len(response.body)))
    handler.end_headers()


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """Linger of zero seconds makes the close an RST instead of a FIN."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _drip(handler: BaseHTTPRequestHandler, response: Response, *, seconds: float, stopping: threading.Event) -> None:
    _head(handler, response, close=False)
    handler.wfile.flush()
    for position in range(len(response.body)):
        handler.wfile.write(response.body[position : position + 1])
        handler.wfile.flush()
        if stopping.wait(seconds):
            return


def _abort_chunks(handler: BaseHTTPRequestHandler, response: Response) -> None:
    half = response.body[: len(response.body) // 2]
    _head(handler, response, close=False, chunked=True)
    handler.wfile.write(b"%x\r\n" % len(half) + half + b"\r\n")
