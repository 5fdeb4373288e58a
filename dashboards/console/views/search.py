"""The search page."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.console.context import CurrentViewer, console_of, report_address
from dashboards.console.errors import NotFoundError
from dashboards.console.facets import Question, active_filters, read_facets
from dashboards.console.reader import Reader
from dashboards.console.search_form import PAGE_SIZE, SearchForm, read_search_form
from dashboards.console.times import local_day
from dashboards.console.views.marks import render_excerpt
from index.engine import FACETS
from index.parse_query import parse_query
from index.query_language import Expression
from sidak.errors import UsageError

_PERIODS = (("Hari ini", 1), ("7 hari", 7), ("30 hari", 30))

router = APIRouter()


@router.get("/")
def show_search(request: Request, viewer: CurrentViewer) -> Response:
    """Show one page of hits and the facets over all; of a senseless query, what is wrong with it."""
    console = console_of(request)
    form = read_search_form(request.query_params)
    expression, problem = _parse(form.q)
    if problem:
        form = form.replace()
        return console.renderer.page("search.html", viewer=viewer, status=400, form=form, problem=problem, chips=())
    question = Question(form=form, expression=expression, incident=find_incident(viewer.reader, form.incident))
    page = viewer.reader.search(
        expression=expression,
        filters=form.filters(incident=question.incident),
        sort=form.sort,
        limit=PAGE_SIZE,
        cursor=form.cursor or None,
        facets=FACETS,
        area_facet_level=form.area_facet_level(),
    )
    today = local_day(console.clock())
    previous = form.previous_page()
    return console.renderer.page(
        "search.html",
        viewer=viewer,
        form=form,
        problem="",
        download=_download_address(form) if console.exporter is not None and page.total else None,
        found=page,
        hits=[(hit, render_excerpt(hit, expression), report_address(hit.id)) for hit in page.hits],
        first=(form.page - 1) * PAGE_SIZE + 1,
        facets=read_facets(viewer.reader, question, page, area_name=console.area_name),
        chips=active_filters(form, area_name=console.area_name),
        periods=[
            (label, form.replace(since=today - timedelta(days=days - 1), until=None).address())
            for label, days in _PERIODS
        ],
        next_page=form.next_page(page.next_cursor).address() if page.next_cursor else None,
        previous_page=previous.address() if previous else None,
        first_page=form.replace().address() if form.page > 1 else None,
    )


def _download_address(form: SearchForm) -> str:
    """Return where this search is downloaded: the whole of it, whatever page is shown."""
    return "/unduh" + form.replace(sort="urgent").address().removeprefix("/")


def find_incident(reader: Reader, report_id: str) -> str | None:
    """Return the incident of a report; raises NotFoundError where there is no such report for this person."""
    if not report_id:
        return None
    incident = reader.get(report_id).incident_id
    if incident is None:
        raise NotFoundError("Laporan ini tidak tergabung dalam suatu kejadian.")
    return incident


def _parse(text: str) -> tuple[Expression | None, str]:
    try:
        return parse_query(text), ""
    except UsageError as exc:
        return None, str(exc)
