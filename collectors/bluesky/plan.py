"""The questions to Bluesky that a watchlist comes down to."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id, quote
from sidak.models import Lane


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return one question a phrase, name and hashtag: its search knows no OR. For the other lane, mentions."""
    if lane == "addressed":
        return (_query(lane, "@" + credentials["handle"].strip().lstrip("@").lower()),)
    phrases = dict.fromkeys(quote(term) for term in (*watchlist.issues, *watchlist.names))
    tags = dict.fromkeys(f"#{tag.lower()}" for tag in watchlist.hashtags)
    return tuple(_query(lane, text) for text in (*phrases, *tags))


def _query(lane: Lane, text: str) -> Query:
    return Query(id=query_id("bluesky", "search", text), source="bluesky", lane=lane, text=text)
