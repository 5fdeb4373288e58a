"""The questions to Threads that a watchlist comes down to."""

from __future__ import annotations

import math
from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane

MENTIONS = "mentions"
SEARCHES_A_DAY = 2000
"""Somewhat less than Meta allows, for retries."""
REQUESTS_A_QUESTION = 2
"""A page with something, and one that says that there is no more."""


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return one question a phrase, name and hashtag, spaced so that the day's budget lasts; or the mentions."""
    if lane == "addressed":
        return (_query(lane, MENTIONS, credentials["user_id"], every=0),)
    phrases = dict.fromkeys(term.casefold() for term in (*watchlist.issues, *watchlist.names))
    texts = [*phrases, *dict.fromkeys(f"#{tag.casefold()}" for tag in watchlist.hashtags)]
    every = math.ceil(86_400 * len(texts) * REQUESTS_A_QUESTION / SEARCHES_A_DAY)
    return tuple(_query(lane, "search", text, every=every) for text in texts)


def _query(lane: Lane, what: str, text: str, *, every: int) -> Query:
    return Query(id=query_id("threads", what, text), source="threads", lane=lane, text=text, every_seconds=every)
