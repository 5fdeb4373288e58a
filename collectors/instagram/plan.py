"""The questions to Instagram that a watchlist comes down to."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane

TAGGED, COMMENTS, HASHTAG = "tagged", "comments", "hashtag"


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return for one lane the own account's tags and comments, for the other the hashtags in the watchlist's order."""
    if lane == "addressed":
        return tuple(_query(lane, what, credentials["user_id"]) for what in (TAGGED, COMMENTS))
    return tuple(_query(lane, HASHTAG, tag.casefold()) for tag in dict.fromkeys(watchlist.hashtags))


def _query(lane: Lane, what: str, text: str) -> Query:
    return Query(id=query_id("instagram", what, text), source="instagram", lane=lane, text=text)
