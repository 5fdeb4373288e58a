"""Serves the console: on loopback unless told otherwise, with the settings of the environment."""

from __future__ import annotations

import errno
import socket

import uvicorn

from sidak.app.deployment import load_deployment
from sidak.app.export_console import console_exporter
from sidak.app.health import health_reader
from sidak.app.house import House
from sidak.app.output import say
from sidak.clock import open_clock
from sidak.errors import StopError
from sidak.loopback import is_loopback
from sidak.settings import Settings


def serve_console(*, host: str, port: int) -> None:
    """Serve until interrupted; raises StopError where the address cannot be had."""
    settings = load_deployment()
    listener = open_listener(host, port)
    say(f"console: http://{host}:{listener.getsockname()[1]}  (stop with Ctrl-C)")
    if not is_loopback(host):
        say("this address is reachable from other machines; put TLS in front of it")
    serve_on(listener, settings)


def serve_on(listener: socket.socket, settings: Settings) -> None:
    """Serve the console on a socket that already listens, until interrupted."""
    from dashboards.console.build import build_console

    clock = open_clock(settings)
    exporter = console_exporter(settings, clock=clock)
    app = build_console(settings, clock=clock, health=health_reader(House(settings)), exporter=exporter)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, date_header=False))
    server.run(sockets=[listener])


def open_listener(host: str, port: int) -> socket.socket:
    """Listen on an address; raises StopError saying why that is not possible."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as exc:
        reason = "the port is taken; choose another with --port" if exc.errno == errno.EADDRINUSE else exc.strerror
        raise StopError(f"cannot listen on {host}:{port}: {reason}") from exc
    return listener
