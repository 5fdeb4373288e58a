"""The listings of Reddit that a watchlist comes down to."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane

SUBREDDITS_AT_ONCE = 50
"""Kept well below the longest address a server takes."""


def build_queries(
    watchlist: Watchlist,
    *,
    lane: Lane,
    credentials: Mapping[str, str],  # noqa: ARG001 - the planners' common form
) -> tuple[Query, ...]:
    """Return the newest submissions and comments of all subreddits together; what matches is decided here."""
    names = sorted({name.lower() for name in watchlist.subreddits})
    groups = [names[start : start + SUBREDDITS_AT_ONCE] for start in range(0, len(names), SUBREDDITS_AT_ONCE)]
    texts = [f"r/{'+'.join(group)}/{listing}" for group in groups for listing in ("new", "comments")]
    return tuple(Query(id=query_id("reddit", "listing", text), source="reddit", lane=lane, text=text) for text in texts)
