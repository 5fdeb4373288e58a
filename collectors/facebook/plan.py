"""The edges of Facebook pages that a watchlist comes down to."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return for one lane what stands on the office's page and what tags it, for the other the cleared pages."""
    own = credentials.get("page_id", "")
    if lane == "addressed":
        return (_query(lane, own, "feed"), _query(lane, own, "tagged"))
    return tuple(_query(lane, page, "published_posts") for page in sorted(set(watchlist.facebook_pages) - {own}))


def _query(lane: Lane, page: str, edge: str) -> Query:
    text = f"{page}/{edge}"
    return Query(id=query_id("facebook", edge, text), source="facebook", lane=lane, text=text)
