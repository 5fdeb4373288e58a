"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.console.context import (
    CheckedForm,
    CurrentViewer,
    console_of,
    cookie_name,
    find_viewer,
    is_https,
    read_session,
)
from dashboards.console.roles import RIGHTS
from dashboards.console.sessions import Session

router = APIRouter()


@router.get("/masuk")
def show_sign_in(request: Request, next: str = "/") -> Response:
    """Show the form; its token belongs to a session that is nobody's yet."""
    viewer = find_viewer(request)
    if viewer is not None:
        return RedirectResponse(safe_path(next, viewer.rights.home), status_code=303)
    return _form(request, next=next)


@router.post("/masuk", dependencies=[CheckedForm])
def sign_in(
    request: Request,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Check name and password, and begin a session with a new id."""
    console = console_of(request)
    address = request.client.host if request.client else "unknown"
    wait_seconds = console.throttle.admit(username, address)
    if wait_seconds:
        minutes = -(-wait_seconds // 60)
        message = f"Terlalu banyak percobaan masuk. Coba lagi dalam {minutes} menit."
        headers = {"Retry-After": str(wait_seconds)}
        return _form(request, next=next, username=username, message=message, status=429, headers=headers)
    account = console.accounts.sign_in(username, password)
    if account is None:
        message = "Nama pengguna atau kata sandi tidak cocok."
        return _form(request, next=next, username=username, message=message, status=401)
    console.throttle.forgive(username, address)
    session = console.sessions.start(username=account.username, version=account.session_version)
    response = RedirectResponse(safe_path(next, RIGHTS[account.role].home), status_code=303)
    _set_cookie(request, response, session)
    return response


@router.post("/keluar", dependencies=[CheckedForm])
def sign_out(request: Request, viewer: CurrentViewer) -> Response:
    """End every session of the account, on the server."""
    console_of(request).accounts.end_sessions(viewer.username)
    response = RedirectResponse("/masuk", status_code=303)
    response.delete_cookie(cookie_name(request), path="/", secure=is_https(request), httponly=True, samesite="strict")
    return response


def safe_path(path: str, home: str) -> str:
    """Return a path of this site to go to after signing in: nothing that leads elsewhere."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\", "/masuk")) and len(path) <= 2_000
    return path if fine and path != "/" and path.isascii() and path.isprintable() and "\\" not in path else home


def _form(
    request: Request,
    *,
    next: str,
    username: str = "",
    message: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    console = console_of(request)
    session = read_session(request)
    if session is None or session.username:
        session = console.sessions.start()
    response = console.renderer.page(
        "sign_in.html",
        viewer=None,
        status=status,
        headers=headers,
        csrf=console.sessions.csrf_token(session),
        next=safe_path(next, ""),
        username=username[:64],
        message=message,
    )
    _set_cookie(request, response, session)
    return response


def _set_cookie(request: Request, response: Response, session: Session) -> None:
    sessions = console_of(request).sessions
    response.set_cookie(
        cookie_name(request),
        sessions.write_cookie(session),
        max_age=sessions.lifetime_seconds if session.username else None,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_https(request),
    )
