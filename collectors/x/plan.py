"""The questions to X that a watchlist comes down to."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, pack_pairs, pack_terms, query_id, quote
from sidak.models import Lane

QUERY_CHARACTERS = 512
"""Longest query of recent search without an Enterprise agreement that says otherwise."""
LANGUAGE = " lang:in -is:retweet"
"""X's code for Indonesian is `in`."""
MENTIONS, SEARCH = "mentions", "search"


def build_queries(watchlist: Watchlist, *, lane: Lane, credentials: Mapping[str, str]) -> tuple[Query, ...]:
    """Return few questions: for one lane the office's mentions, for the other phrases by places, names and hashtags."""
    if lane == "addressed":
        return (_query("addressed", MENTIONS, credentials["user_id"]), *_account_queries(watchlist))
    return tuple(_query("overheard", SEARCH, text) for text in _search_texts(watchlist))


def _account_queries(watchlist: Watchlist) -> tuple[Query, ...]:
    suffix = " -is:retweet"
    groups = pack_terms((f"@{name}" for name in watchlist.x_accounts), room=QUERY_CHARACTERS - len(suffix) - 2)
    return tuple(_query("addressed", SEARCH, f"({group}){suffix}") for group in groups)


def _search_texts(watchlist: Watchlist) -> list[str]:
    issues, places = [[quote(term) for term in terms] for terms in (watchlist.issues, watchlist.places)]
    room = QUERY_CHARACTERS - len(LANGUAGE) - 2
    texts: list[str] = []
    if issues and places:
        texts = pack_pairs(issues, places, limit=QUERY_CHARACTERS, suffix=LANGUAGE)
    elif issues:
        texts = [f"({group}){LANGUAGE}" for group in pack_terms(issues, room=room)]
    alone = [*map(quote, watchlist.names), *(f"#{tag.lower()}" for tag in watchlist.hashtags)]
    return [*texts, *(f"({group}){LANGUAGE}" for group in pack_terms(alone, room=room))]


def _query(lane: Lane, what: str, text: str) -> Query:
    return Query(id=query_id("x", what, text), source="x", lane=lane, text=text)
