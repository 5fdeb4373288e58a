"""Downloading a search: a form, since it counts against the platforms' caps; who took what is kept."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from dashboards.console.context import CheckedForm, CurrentViewer, console_of
from dashboards.console.errors import NotFoundError
from dashboards.console.export import Wanted
from dashboards.console.search_form import read_search_form
from dashboards.console.views.search import find_incident

router = APIRouter()


@router.post("/unduh", dependencies=[CheckedForm])
def download(request: Request, viewer: CurrentViewer) -> Response:
    """Hand out the search that the address states, as this person may see it; the server's copy is deleted."""
    exporter = console_of(request).exporter
    if exporter is None:
        raise NotFoundError("Konsol ini tidak menyediakan unduhan.")
    form = read_search_form(request.query_params)
    wanted = Wanted(
        query=form.q,
        filters=form.filters(incident=find_incident(viewer.reader, form.incident)),
        username=viewer.username,
        role=viewer.role,
        include_restricted=viewer.rights.read_restricted,
    )
    path = exporter(wanted)
    return FileResponse(
        path, filename=path.name, media_type="application/zip", background=BackgroundTask(path.unlink, missing_ok=True)
    )
