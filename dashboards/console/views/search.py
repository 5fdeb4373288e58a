"""The search page."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from dashboards.console.context import CurrentViewer, Viewer, console_of, report_address
from dashboards.console.errors import NotFoundError
from dashboards.console.facets import Question, active_filters, read_facets
from dashboards.console.reader import Reader
from dashboards.console.search_form import PAGE_SIZE, SearchForm, read_search_form
from dashboards.console.times import local_day
from dashboards.console.views.marks import render_excerpt
from index.document import Document
from index.engine import FACETS, SearchQuery
from index.explain import Reason, explain_rank
from index.parse_query import parse_query
from index.query_errors import QueryError
from index.ranking import Rank, build_wanted, rank_document
from index.relax import relax_query
from index.search import Found, find_suggestion, search_leniently
from index.similar import similar_query
from sidak.errors import UsageError

_PERIODS = (("Hari ini", 1), ("7 hari", 7), ("30 hari", 30))

router = APIRouter()


class HitView(msgspec.Struct, frozen=True, kw_only=True):
    """One hit as the page shows it; `reasons` say why it stands where it stands, where that is by relevance."""

    report: Document
    excerpt: Markup
    address: str
    similar_address: str
    points: float
    reasons: tuple[Reason, ...]


class OtherPages(msgspec.Struct, frozen=True, kw_only=True):
    """Where the other pages of hits are, None where there is none."""

    next: str | None
    previous: str | None
    first: str | None


@router.get("/")
def show_search(request: Request, viewer: CurrentViewer) -> Response:
    """Show one page of hits and the facets over all; of a senseless query, what is wrong with it."""
    form = read_search_form(request.query_params)
    try:
        expression = parse_query(form.q)
    except UsageError as exc:
        return _show_problem(request, viewer, form, exc)
    incident = find_incident(viewer.reader, form.incident)
    query = viewer.reader.query(
        expression=expression,
        filters=form.filters(incident=incident),
        sort=form.sort,
        limit=PAGE_SIZE,
        cursor=form.cursor or None,
        facets=FACETS,
        area_facet_level=form.area_facet_level(),
    )
    return _show_found(request, viewer, form, found=_find(viewer.reader, form, query), incident=incident)


def _show_found(request: Request, viewer: Viewer, form: SearchForm, *, found: Found, incident: str | None) -> Response:
    console = console_of(request)
    question = Question(form=form, query=found.query, incident=incident)
    downloadable = console.exporter is not None and _is_downloaded(form, found)
    return console.renderer.page(
        "search.html",
        viewer=viewer,
        form=form,
        problem="",
        download=_download_address(form) if downloadable else None,
        found=found.page,
        hits=_view_hits(found),
        relaxed=found.relaxed or form.words == "some",
        exact=found.exact if found.relaxed else None,
        exact_page=form.replace(words="all").address(),
        suggestion=_suggest(viewer.reader, form, found),
        facets=read_facets(viewer.reader, question, found.page, area_name=console.area_name),
        chips=active_filters(form, area_name=console.area_name),
        periods=_periods(form, today=local_day(console.clock())),
        first=(form.page - 1) * PAGE_SIZE + 1,
        pages=_other_pages(form, found),
    )


def _periods(form: SearchForm, *, today: date) -> list[tuple[str, str]]:
    """Return the usual stretches up to today, each with the address of this search within it."""
    return [
        (label, form.replace(since=today - timedelta(days=days - 1), until=None).address()) for label, days in _PERIODS
    ]


def _other_pages(form: SearchForm, found: Found) -> OtherPages:
    going_on = form.replace(words="some") if found.relaxed else form
    next_form = going_on.replace(cursor=form.cursor, back=form.back, page=form.page)
    following = found.page.next_cursor
    previous = form.previous_page()
    return OtherPages(
        next=next_form.next_page(following).address() if following else None,
        previous=previous.address() if previous else None,
        first=form.replace().address() if form.page > 1 else None,
    )


def _is_downloaded(form: SearchForm, found: Found) -> bool:
    """Tell whether what is shown is what a download would hold: the exact query's reports, and some."""
    return bool(found.page.total) and not (found.relaxed or form.like or form.words == "some")


def _download_address(form: SearchForm) -> str:
    """Return where this search is downloaded: the whole of it, whatever page is shown."""
    return "/unduh" + form.replace(sort="urgent").address().removeprefix("/")


def _find(reader: Reader, form: SearchForm, query: SearchQuery) -> Found:
    """Return the page that was asked for: of similar reports, of all words, of some, or of whatever finds something."""
    if form.like:
        query = _similar(reader, form.like, query)
    elif form.words == "some":
        query = msgspec.structs.replace(query, expression=relax_query(query.expression) or query.expression)
    elif not form.words:
        return search_leniently(reader.search, query)
    page = reader.search(query)
    return Found(page=page, query=query, exact=page.total)


def _similar(reader: Reader, id: str, query: SearchQuery) -> SearchQuery:
    """Return the search for reports like one; raises NotFoundError where there is no such report for this person."""
    alike = similar_query(reader.get(id), include_restricted=query.include_restricted, expression=query.expression)
    if alike is None:
        raise NotFoundError("Laporan ini tidak memuat kata yang dapat dibandingkan.")
    return msgspec.structs.replace(query, expression=alike.expression, similar=alike.similar, sort=alike.sort)


def _view_hits(found: Found) -> list[HitView]:
    wanted = build_wanted(found.query, at=found.page.as_of) if found.query.sort == "relevance" else None
    return [_view_hit(hit, found, rank_document(hit, wanted) if wanted else None) for hit in found.page.hits]


def _view_hit(hit: Document, found: Found, rank: Rank | None) -> HitView:
    return HitView(
        report=hit,
        excerpt=render_excerpt(hit, found.query.expression),
        address=report_address(hit.id),
        similar_address=SearchForm(like=hit.id).address(),
        points=rank.points if rank else 0.0,
        reasons=explain_rank(rank) if rank else (),
    )


def _suggest(reader: Reader, form: SearchForm, found: Found) -> tuple[str, str] | None:
    """Return a better spelling and its address, where few reports have what was typed."""
    if not form.q or form.like or form.cursor:
        return None
    words = find_suggestion(form.q, reader.search, reader.similar_terms, query=found.query, exact=found.exact)
    return (words, form.replace(q=words, words="").address()) if words else None


def _show_problem(request: Request, viewer: Viewer, form: SearchForm, problem: UsageError) -> Response:
    pointed = problem.pointed(form.q) if isinstance(problem, QueryError) else ""
    return console_of(request).renderer.page(
        "search.html", viewer=viewer, status=400, form=form.replace(), problem=str(problem), pointed=pointed, chips=()
    )


def find_incident(reader: Reader, report_id: str) -> str | None:
    """Return the incident of a report; raises NotFoundError where there is no such report for this person."""
    if not report_id:
        return None
    incident = reader.get(report_id).incident_id
    if incident is None:
        raise NotFoundError("Laporan ini tidak tergabung dalam suatu kejadian.")
    return incident
