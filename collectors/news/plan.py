"""The feeds that a watchlist names."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane


def build_queries(
    watchlist: Watchlist,
    *,
    lane: Lane,
    credentials: Mapping[str, str],  # noqa: ARG001 - the planners' common form
) -> tuple[Query, ...]:
    """Return one question a feed; what matches is decided here."""
    feeds = dict.fromkeys(watchlist.feeds)
    return tuple(Query(id=query_id("news", "feed", feed), source="news", lane=lane, text=feed) for feed in feeds)
