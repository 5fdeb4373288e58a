"""The health page: what is covered, what was lost, what waits."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from dashboards.console.context import CurrentViewer, console_of

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
def answer() -> Response:
    """Say that the process answers; no sign-in, no content."""
    return PlainTextResponse("ok")


@router.get("/kesehatan")
def show_health(request: Request, viewer: CurrentViewer) -> Response:
    """Show the sources to everybody; sums, which would betray restricted reports, only to those who see these."""
    console = console_of(request)
    return console.renderer.page("health.html", viewer=viewer, health=console.health())
