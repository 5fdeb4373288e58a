"""Searching from the command line: the same questions and answers as the console's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast, get_args

import msgspec

from sidak.app.output import emit, say, show_table
from sidak.errors import UsageError

if TYPE_CHECKING:
    from index.engine import Engine, Filters, SearchQuery
    from index.query_language import Expression
    from index.search import Found

_FIELD_LIKE = re.compile(r'(?<![^\s(-])([^\W\d_]+):(?!//)[\w"]')


def find_reports(engine: Engine, text: str, *, filters: Filters, like: str | None, sort: str, limit: int) -> Found:
    """Return what is found, and tell people about better spellings and about words that were asked for less strictly.

    Raises UsageError; where the query cannot be read, its message points to the place.
    """
    from index.engine import SearchQuery, Sort
    from index.search import Found, find_suggestion, search_leniently

    if sort not in get_args(Sort):
        raise UsageError(f"--sort: {sort!r} is none of {', '.join(get_args(Sort))}")
    query = SearchQuery(
        include_restricted=True,
        expression=_parse(text),
        filters=filters,
        sort=cast("Sort", sort),
        limit=limit,
    )
    if like is not None:
        query = _like(engine, like, query)
        page = engine.search(query)
        return Found(page=page, query=query, exact=page.total)
    found = search_leniently(engine.search, query)
    if found.relaxed:
        say(f"{found.exact} reports have all the words; those with half of them follow")
    if not found.exact:
        _tell_of_no_fields(text)
    suggestion = find_suggestion(
        text,
        engine.search,
        lambda word: engine.similar_terms(word, include_restricted=True),
        query=query,
        exact=found.exact,
    )
    if suggestion is not None:
        say(f"Mungkin maksud Anda: {suggestion}")
    return found


def show_found(found: Found, *, explain: bool, as_json: bool) -> None:
    """Print hits as JSON lines, or as a table for people; `explain` adds what each rank is made of."""
    told = _explain(found) if explain else {}
    title = f"{len(found.page.hits)} of {found.page.total} reports as of {found.page.as_of:%Y-%m-%d %H:%M} UTC"
    if as_json:
        for hit in found.page.hits:
            emit(msgspec.json.encode(hit).decode())
            if hit.id in told:
                say(f"{hit.id}: {told[hit.id]}")
        say(title)
        return
    rows = [
        (
            hit.id,
            hit.category or "(review)",
            hit.area_name or "",
            f"{hit.urgency:.2f}",
            hit.created_at.date(),
            hit.text[:160] + (f"\n[{told[hit.id]}]" if hit.id in told else ""),
        )
        for hit in found.page.hits
    ]
    show_table(title, ("id", "category", "area", "urgency", "posted", "text"), rows)


def _parse(text: str) -> Expression | None:
    from index.parse_query import parse_query
    from index.query_errors import QueryError

    try:
        return parse_query(text)
    except QueryError as exc:
        raise UsageError(f"{exc}\n{exc.pointed(text)}") from exc


def _tell_of_no_fields(text: str) -> None:
    """Say of what looks like a field and is none that it was searched as words, as `jam:10` means and `foo:bar` not."""
    from index.query_fields import FIELD_NAMES

    names = [name for name in _FIELD_LIKE.findall(text) if name.casefold() not in FIELD_NAMES]
    if names:
        first: dict[str, str] = {}
        for name, meant in FIELD_NAMES.items():
            first.setdefault(meant, name)
        say(f"{names[0]}: bukan penyaring, jadi dicari sebagai kata; penyaring: {', '.join(first.values())}")


def _like(engine: Engine, id: str, query: SearchQuery) -> SearchQuery:
    from index.similar import similar_query

    document = engine.get(id, include_restricted=True)
    alike = None if document is None else similar_query(document, include_restricted=True, expression=query.expression)
    if alike is None:
        raise UsageError(f"--like: {id!r} is {'no report of this index' if document is None else 'without words'}")
    return msgspec.structs.replace(alike, filters=query.filters, limit=query.limit)


def _explain(found: Found) -> dict[str, str]:
    from index.explain import render_rank
    from index.ranking import build_wanted, rank_document

    wanted = build_wanted(found.query, at=found.page.as_of) if found.query.sort == "relevance" else None
    return {} if wanted is None else {hit.id: render_rank(rank_document(hit, wanted)) for hit in found.page.hits}
