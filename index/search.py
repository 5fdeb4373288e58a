"""Searching as people do: words that stand together nowhere are asked for again, less strictly."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from index.engine import Page, SearchQuery
from index.parse_query import parse_query
from index.relax import FEW, relax_query
from index.suggest import SimilarTerms, suggest_query
from sidak.errors import UsageError

Search = Callable[[SearchQuery], Page]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The first page of a search, the query that gave it and its later pages, and how many have all words."""

    page: Page
    query: SearchQuery
    exact: int
    relaxed: bool = False


def search_leniently(search: Search, query: SearchQuery) -> Found:
    """Return the first page of a search.

    By relevance, where fewer than FEW reports have all the words, reports that have half of them are shown as well;
    those with all of them still come first. Any other order shows exactly what was asked for.
    """
    page = search(query)
    found = Found(page=page, query=query, exact=page.total)
    if query.sort != "relevance" or page.total >= FEW or query.cursor is not None:
        return found
    relaxed = relax_query(query.expression)
    if relaxed is None:
        return found
    wider = msgspec.structs.replace(query, expression=relaxed)
    more = search(wider)
    return Found(page=more, query=wider, exact=page.total, relaxed=True) if more.total > page.total else found


def find_suggestion(text: str, search: Search, similar: SimilarTerms, *, query: SearchQuery, exact: int) -> str | None:
    """Return the query in better spelling if that finds more than the `exact` hits of this one, for whoever asks."""
    if exact >= FEW:
        return None
    suggestion = suggest_query(text, similar)
    if suggestion is None:
        return None
    try:
        expression = parse_query(suggestion)
    except UsageError:
        return None
    one = msgspec.structs.replace(query, expression=expression, limit=1, cursor=None, facets=())
    return suggestion if search(one).total > exact else None
