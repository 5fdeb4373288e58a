"""One report: its text and evidence, where it stands, and what people did."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.console.context import CheckedForm, Console, CurrentViewer, Viewer, console_of, report_address
from dashboards.console.errors import ForbiddenError
from dashboards.console.labels import EVIDENCE
from dashboards.console.markup import MAX_SHOWN, mark_text
from dashboards.console.places import SHOWN, list_places
from dashboards.console.views.marks import evidence_marks
from index.decisions import DecisionConflictError
from index.document import Document
from index.engine import Filters
from index.states import allowed_transitions, state_label
from index.triage import change_state
from sidak.errors import UsageError

SIBLINGS = 10
_NOTICES = {
    "tersimpan": "Perubahan status tersimpan.",
    "tertunda": "Perubahan status tersimpan; hasil pencarian menyusul sebentar lagi.",
}

router = APIRouter()


@router.get("/laporan/{id:path}")
def show_report(request: Request, viewer: CurrentViewer, id: str, hasil: str = "") -> Response:
    """Show one report."""
    return _page(console_of(request), viewer, viewer.reader.get(id), notice=_NOTICES.get(hasil, ""))


@router.post("/laporan/{id:path}", dependencies=[CheckedForm])
def decide(
    request: Request,
    viewer: CurrentViewer,
    id: str,
    *,
    to_state: Annotated[str, Form()] = "",
    expected_state: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Change a report's state; where somebody was faster or the step does not exist, say so and keep the note."""
    if not viewer.rights.decide:
        raise ForbiddenError("Peran Anda tidak dapat mengubah status laporan.")
    console = console_of(request)
    document = viewer.reader.get(id)
    try:
        change = change_state(
            console.ledger,
            console.engine,
            id,
            to_state=to_state,
            expected_state=expected_state,
            actor=viewer.username,
            note=note,
            at=console.clock(),
            include_restricted=viewer.rights.read_restricted,
        )
    except DecisionConflictError as exc:
        return _page(console, viewer, document, problem=str(exc), note=note, status=409)
    except UsageError as exc:
        return _page(console, viewer, document, problem=str(exc), note=note, status=400)
    hasil = "tersimpan" if change.indexed else "tertunda"
    return RedirectResponse(f"{report_address(id)}?hasil={hasil}", status_code=303)


def _page(
    console: Console,
    viewer: Viewer,
    document: Document,
    *,
    notice: str = "",
    problem: str = "",
    note: str = "",
    status: int = 200,
) -> Response:
    # The ledger is the truth; the index may follow a moment later.
    triage = console.ledger.triage_of([document.id])[document.id]
    marks = evidence_marks(document)
    shown, marks = document.text[:MAX_SHOWN], tuple(m for m in marks if m.end <= MAX_SHOWN)
    return console.renderer.page(
        "report.html",
        viewer=viewer,
        status=status,
        report=msgspec.structs.replace(document, state=triage.state, state_at=triage.at),
        text=mark_text(shown, marks),
        left_out=len(document.text) - len(shown),
        legend=[(why, EVIDENCE.get(why, why)) for why in dict.fromkeys(e.why for e in document.evidence)],
        places=list_places(document, area_name=console.area_name),
        shown=SHOWN,
        siblings=_siblings(viewer, document),
        history=[(decision, state_label(decision.to_state)) for decision in console.ledger.history(document.id)],
        choices=[(state, state_label(state)) for state in allowed_transitions(triage.state)],
        address=report_address,
        notice=notice,
        problem=problem,
        note=note,
    )


def _siblings(viewer: Viewer, document: Document) -> list[Document]:
    """Return the other reports of the incident; without any that this person may see, the page says nothing of it."""
    if document.incident_id is None:
        return []
    incident = Filters(incident=document.incident_id)
    page = viewer.reader.search(viewer.reader.query(filters=incident, sort="newest", limit=SIBLINGS + 1))
    return [each for each in page.hits if each.id != document.id][:SIBLINGS]
