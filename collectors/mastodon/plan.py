"""The questions to Mastodon that a watchlist comes down to."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane

MENTIONS = "mentions"


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return one question a hashtag, or the office's mentions; numbers differ from instance to instance."""
    instance = credentials["base_url"].strip().rstrip("/").lower()
    texts = (
        (MENTIONS,) if lane == "addressed" else tuple(dict.fromkeys(f"#{tag.lower()}" for tag in watchlist.hashtags))
    )
    return tuple(
        Query(id=query_id("mastodon", "timeline", f"{instance} {text}"), source="mastodon", lane=lane, text=text)
        for text in texts
    )
