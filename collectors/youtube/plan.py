"""The questions to YouTube that a watchlist comes down to."""

from __future__ import annotations

import math
from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, pack_terms, query_id
from sidak.models import Lane

UPLOADS, COMMENTS, SEARCH = "uploads", "comments", "search"
SEARCH_CHARACTERS = 300
"""No limit is published; longer questions were seen to find less."""
OR = "|"
SEARCHES_A_DAY = 90
"""Of the 100 there are, each of which may fail or have a second page."""
DAY_SECONDS = 86_400


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return for one lane the comments on the office's channel, for the other channels first and searches last.

    Searches come last because their budget ends first, and a used-up budget ends the lane for the pass.
    """
    if lane == "addressed":
        return (_query(lane, COMMENTS, credentials["channel_id"]),)
    channels = sorted(set(watchlist.youtube_channels) - {credentials.get("channel_id", "")})
    phrases = (f'"{phrase}"' for phrase in (*watchlist.names, *watchlist.issues))
    texts = pack_terms(phrases, room=SEARCH_CHARACTERS, joint=OR)
    return (
        *(_query(lane, what, channel) for channel in channels for what in (UPLOADS, COMMENTS)),
        *(_query(lane, SEARCH, text, every=math.ceil(DAY_SECONDS * len(texts) / SEARCHES_A_DAY)) for text in texts),
    )


def _query(lane: Lane, what: str, text: str, *, every: int = 0) -> Query:
    return Query(id=query_id("youtube", what, text), source="youtube", lane=lane, text=text, every_seconds=every)
