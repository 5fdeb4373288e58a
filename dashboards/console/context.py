"""What every page needs: the console's parts, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast
from urllib.parse import quote

import msgspec
from fastapi import Depends, Form, Request

from dashboards.console.accounts import Accounts
from dashboards.console.errors import ForbiddenError, SignInNeededError
from dashboards.console.export import Exporter
from dashboards.console.health import HealthReader
from dashboards.console.reader import Reader
from dashboards.console.render import Renderer
from dashboards.console.roles import RIGHTS, Rights, Role
from dashboards.console.sessions import Session, Sessions
from dashboards.console.throttle import Throttle
from index.decisions import Ledger
from index.engine import Engine
from sidak.clock import Clock

AreaName = Callable[[str], str]


class Console(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that the pages are made of."""

    engine: Engine
    ledger: Ledger
    accounts: Accounts
    sessions: Sessions
    throttle: Throttle
    health: HealthReader
    clock: Clock
    area_name: AreaName
    renderer: Renderer
    exporter: Exporter | None = None
    """None where this console hands nothing out."""


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """The person who is signed in, with the rights of their role and the token of their forms."""

    username: str
    role: Role
    csrf: str
    reader: Reader

    @property
    def rights(self) -> Rights:
        """What this person may do."""
        return RIGHTS[self.role]


def console_of(request: Request) -> Console:
    """Return the parts of the running console."""
    return cast("Console", request.app.state.console)


def is_https(request: Request) -> bool:
    """Tell whether the browser came over TLS (through a trusted proxy, the server sets the scheme)."""
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """Return the session cookie's name; over TLS browsers hold it to this very host."""
    return "__Host-sidak" if is_https(request) else "sidak"


def read_session(request: Request) -> Session | None:
    """Return the session that the browser's cookie states, signed in or not."""
    return console_of(request).sessions.read_cookie(request.cookies.get(cookie_name(request)))


def find_viewer(request: Request) -> Viewer | None:
    """Return who is signed in, or None; the account is asked each time, so that a session can be ended at once."""
    console, session = console_of(request), read_session(request)
    if session is None or not session.username:
        return None
    account = console.accounts.find(session.username)
    if account is None or account.session_version != session.version or account.role not in RIGHTS:
        return None
    viewer = Viewer(
        username=account.username,
        role=account.role,
        csrf=console.sessions.csrf_token(session),
        reader=Reader(console.engine, include_restricted=RIGHTS[account.role].read_restricted),
    )
    request.state.viewer = viewer
    return viewer


def require_viewer(request: Request) -> Viewer:
    """Return who is signed in; raises SignInNeededError."""
    viewer = find_viewer(request)
    if viewer is None:
        raise SignInNeededError("Silakan masuk lebih dahulu.")
    return viewer


def require_form(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Let a form pass only with the token of the session it was made for; raises ForbiddenError."""
    session = read_session(request)
    if session is None or not console_of(request).sessions.csrf_fits(session, csrf):
        raise ForbiddenError("Formulir ini sudah kedaluwarsa. Muat ulang halamannya, lalu kirim sekali lagi.")


CurrentViewer = Annotated[Viewer, Depends(require_viewer)]
CheckedForm = Depends(require_form)


def report_address(id: str) -> str:
    """Return the address of a report's page; every odd character of the id is encoded."""
    return "/laporan/" + quote(id, safe=":", errors="replace")
