"""The inspectors' console as a web application; everything it needs is handed in."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from dashboards.console.accounts import Accounts
from dashboards.console.context import AreaName, Console, console_of, find_viewer, is_https
from dashboards.console.errors import (
    BadRequestError,
    DatabaseDownError,
    ExportRefusedError,
    ForbiddenError,
    IndexDownError,
    NotFoundError,
    SignInNeededError,
)
from dashboards.console.export import Exporter
from dashboards.console.health import HealthReader
from dashboards.console.render import FOLDER, Renderer
from dashboards.console.security import FormLimit, SecurityHeaders, add_headers
from dashboards.console.sessions import Sessions
from dashboards.console.throttle import Throttle
from dashboards.console.views import export, report, search, sign_in, trends
from dashboards.console.views import health as health_view
from index.decisions import Ledger
from index.engine import Engine
from sidak.clock import Clock
from sidak.errors import RetryError, SidakError, UsageError

log = logging.getLogger(__name__)

_BUSY = "Layanan sedang sibuk atau tidak dapat dihubungi. Tidak ada yang berubah; coba lagi sebentar lagi."
_BROKEN = "Terjadi kesalahan di sistem. Tidak ada yang perlu Anda ulang; hubungi pengelola bila terus terjadi."
# The first that fits decides: what it is called, which status it has, and its message (None: the error's own).
_ERRORS: tuple[tuple[type[Exception], int, str, str | None], ...] = (
    (BadRequestError, 400, "Permintaan tidak dipahami", None),
    (ForbiddenError, 403, "Tidak diizinkan", None),
    (NotFoundError, 404, "Tidak ditemukan", None),
    (ExportRefusedError, 429, "Tidak dapat diunduh sekarang", None),
    (
        IndexDownError,
        503,
        "Indeks sedang tidak dapat dihubungi",
        "Coba lagi sebentar lagi. Tidak ada data yang hilang.",
    ),
    (DatabaseDownError, 503, "Basis data sedang tidak dapat dihubungi", _BUSY),
    (UsageError, 400, "Permintaan tidak dipahami", None),
    (RetryError, 503, "Layanan sedang tidak dapat dihubungi", _BUSY),
    (SidakError, 500, "Terjadi kesalahan", _BROKEN),
)
_HTTP_ERRORS = {
    404: ("Tidak ditemukan", "Halaman ini tidak ada."),
    405: ("Tidak diizinkan", "Halaman ini tidak dapat dipanggil dengan cara itu."),
}


def create_app(
    *,
    engine: Engine,
    ledger: Ledger,
    accounts: Accounts,
    throttle: Throttle,
    health: HealthReader,
    session_key: bytes,
    clock: Clock,
    area_name: AreaName,
    exporter: Exporter | None = None,
) -> FastAPI:
    """Build the console; it opens nothing and closes nothing."""
    app = FastAPI(
        title="sidak",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would redirect to whatever host the request names
        middleware=[Middleware(SecurityHeaders), Middleware(FormLimit)],
    )
    app.state.console = Console(
        engine=engine,
        ledger=ledger,
        accounts=accounts,
        sessions=Sessions(session_key, clock=clock),
        throttle=throttle,
        health=health,
        clock=clock,
        area_name=area_name,
        renderer=Renderer(),
        exporter=exporter,
    )
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for view in (sign_in, search, export, report, trends, health_view):
        app.include_router(view.router)
    app.add_exception_handler(SignInNeededError, _to_sign_in)
    app.add_exception_handler(RequestValidationError, _show_invalid)
    app.add_exception_handler(HTTPException, _show_http_error)
    app.add_exception_handler(SidakError, _show_error)
    app.add_exception_handler(Exception, _show_unexpected)
    return app


def _to_sign_in(request: Request, _error: Exception) -> Response:
    if request.method != "GET":
        return RedirectResponse("/masuk", status_code=303)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/masuk" if wanted == "/" else f"/masuk?next={quote(wanted, safe='/')}", status_code=303)


def _show_error(request: Request, error: Exception) -> Response:
    _, status, title, message = next(row for row in _ERRORS if isinstance(error, row[0]))
    if status >= 500:
        log.error("console: %s: %s", type(error).__name__, error)
    return _page(request, status, title, str(error) if message is None else message)


def _show_invalid(request: Request, _error: Exception) -> Response:
    return _page(request, 400, "Permintaan tidak dipahami", "Isi permintaan ini tidak lengkap atau tidak berlaku.")


def _show_http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    title, message = _HTTP_ERRORS.get(status, ("Permintaan ditolak", HTTPStatus(status).phrase))
    with suppress(SidakError):
        find_viewer(request)  # an address that leads nowhere has not asked yet; the page then keeps its menu
    return _page(request, status, title, message)


def _show_unexpected(request: Request, _error: Exception) -> Response:
    # This handler stands outside the middleware, so it completes the headers itself. The server then logs the traceback
    # and drops the connection, which the browser had better know.
    response = _page(request, 500, "Terjadi kesalahan", _BROKEN)
    response.headers["Connection"] = "close"
    add_headers(MutableHeaders(raw=response.raw_headers), path=request.url.path, https=is_https(request))
    return response


def _page(request: Request, status: int, title: str, message: str) -> Response:
    viewer = getattr(request.state, "viewer", None)
    return console_of(request).renderer.page(
        "error.html", viewer=viewer, status=status, code=status, title=title, message=message
    )
