"""Searching as people do: words that stand together nowhere are asked for again, less strictly."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from index.engine import Page, SearchQuery
from index.relax import FEW, relax_query

Search = Callable[[SearchQuery], Page]


def search_leniently(search: Search, query: SearchQuery) -> tuple[Page, SearchQuery]:
    """Return the first page of a search and the query that gave it, which later pages must go on with.

    By relevance, where fewer than FEW reports have all the words, reports that have half of them are shown as well;
    those with all of them still come first. Any other order shows exactly what was asked for.
    """
    page = search(query)
    if query.sort != "relevance" or page.total >= FEW or query.cursor is not None:
        return page, query
    relaxed = relax_query(query.expression)
    if relaxed is None:
        return page, query
    wider = msgspec.structs.replace(query, expression=relaxed)
    found = search(wider)
    return (found, wider) if found.total > page.total else (page, query)
