"""Which issues in which places are asked for by which question: read from what the platform is sent, not from the plan.

A question that names no place of the watchlist asks for the whole country; one without any of its terms (a channel, a
page, a feed) is walked whole, and what is in it is matched here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from collectors.protocol import Query
from collectors.watchlist import Watchlist

_TERM = re.compile(r'"([^"]*)"|(#?[\w-]+)')
COUNTRY = ""
"""Stands for every place."""


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the questions of one source cover of the watchlist."""

    pairs: dict[tuple[str, str], str]
    """Issue and place to the first question that asks for it; the place is empty where there are none to name."""
    missing: tuple[tuple[str, str], ...]
    """Issues and places that no question asks for."""
    names: tuple[str, ...]
    missing_names: tuple[str, ...]
    """Projects, offices and hashtags that no question asks for."""
    whole: tuple[str, ...]
    """Questions that walk a listing whole: what of it speaks of the watchlist is kept."""


def find_coverage(source: str, queries: Sequence[Query], watchlist: Watchlist) -> Coverage:
    """Return which parts of the watchlist the overheard questions of a source ask for."""
    issues, places = _folded(watchlist.issues), _folded(watchlist.places) or (COUNTRY,)
    names = _folded((*watchlist.names, *(f"#{tag}" for tag in watchlist.hashtags)))
    pairs: dict[tuple[str, str], str] = {}
    named: set[str] = set()
    whole: list[str] = []
    for query in queries:
        if query.source != source or query.lane != "overheard":
            continue
        terms = _terms_of(query)
        asked = [issue for issue in issues if issue in terms]
        named |= terms & set(names)
        if not asked and not terms & set(names):
            whole.append(query.text)
        where = [place for place in places if place in terms] or places
        for issue in asked:
            for place in where:
                pairs.setdefault((issue, place), query.id)
    return Coverage(
        pairs=pairs,
        missing=tuple((issue, place) for issue in issues for place in places if (issue, place) not in pairs),
        names=tuple(name for name in names if name in named),
        missing_names=tuple(name for name in names if name not in named),
        whole=tuple(whole),
    )


def _terms_of(query: Query) -> frozenset[str]:
    """Return the terms of a question; a phrase may stand without quotation marks where it is the whole of it."""
    text = query.text.lower()
    if ":hashtag:" in query.id:  # where tags are asked for by themselves they stand without their sign
        return frozenset({f"#{text.lstrip('#')}"})
    return frozenset({text, *(quoted or word for quoted, word in _TERM.findall(text))})


def _folded(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.lower() for term in terms))
