"""The order by relevance: a formula over a report's words, topic, place, urgency and age, and its explanation.

An engine's own BM25 chooses the candidates (WINDOW of them); this orders them, the same on every engine:

    points = sum of share x weight over the parts, each share between 0 and 1

    words     BM25 over the stems, as a share of what a text full of them would get, times the share of them it has
    together  how close words that follow each other in the query stand in the text
    opening   how early the first of them stands
    topic     the report's category is what the query's words name, with its probability, times the share of the words
    place     the deepest area that it shares with the report that similar ones are sought for
    report    the probability that it is a report at all
    urgent    its urgency
    recent    1 today, one half after HALF_LIFE_DAYS

How much a word tells comes from how common its forms are in everyday Indonesian, not from the index: so a rank says
nothing of documents that its reader may not see, both engines agree, and it does not change between two pages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import msgspec

from index.document import Document
from index.engine import SearchQuery
from index.query_language import Leaf, Near, Term, leaf_stems, positive_leaves
from index.topics import find_topics
from nlp.search_words import frequency_of_forms

WINDOW = 300
"""Candidates that are ordered by the formula; what follows stays in the engine's order."""

HALF_LIFE_DAYS = 30.0

Part = Literal["words", "together", "opening", "topic", "place", "report", "urgent", "recent"]
WEIGHTS: Mapping[Part, float] = {
    "words": 60.0,
    "together": 12.0,
    "opening": 4.0,
    "topic": 18.0,
    "place": 12.0,
    "report": 8.0,
    "urgent": 4.0,
    "recent": 4.0,
}

_K1, _B, _USUAL_LENGTH = 1.2, 0.6, 40
_READ_TERMS = 2_000
"""Of a longer text the beginning is what it is about."""
_COMMONEST, _RAREST = 7.0, 1.0
_LEAST_WEIGHT = 0.1


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a rank is measured by; `areas` lead from the province down, for similar reports."""

    leaves: tuple[Leaf, ...] = ()
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    ordered: bool = True
    """Whether the words stand in an order that means something; those of a similar report do not."""
    at: datetime
    """As of when a report is recent; one moment for all pages of a search."""


class RankPart(msgspec.Struct, frozen=True, kw_only=True):
    """What one part gave: its share of what it can give at most, and the points that makes."""

    part: Part
    share: float
    points: float


class Rank(msgspec.Struct, frozen=True, kw_only=True):
    """A hit's points, its parts in the formula's order, and the words of the query that it has (stems)."""

    points: float
    parts: tuple[RankPart, ...]
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a document that a rank needs: engines need not read more."""

    id: str
    stems: str
    created_at: datetime
    category: str | None = None
    category_probability: float = 0.0
    area_path: tuple[str, ...] = ()
    report_probability: float = 0.0
    urgency: float = 0.0


RANKED_FIELDS = tuple(field.encode_name for field in msgspec.structs.fields(Ranked))


def build_wanted(query: SearchQuery, *, at: datetime) -> Wanted | None:
    """Return what a search's hits are ranked by, or None where it asks for no words."""
    leaves = positive_leaves(query.expression)
    if not leaves:
        return None
    if query.similar is not None:
        similar = query.similar
        return Wanted(leaves=leaves, topics=similar.categories, areas=similar.areas, ordered=False, at=at)
    topics = find_topics([stem for leaf in leaves for stem in leaf_stems(leaf)])
    return Wanted(leaves=leaves, topics=topics, at=at)


def order_hits(hits: Sequence[Ranked], wanted: Wanted) -> list[Ranked]:
    """Return hits by their points, best first; of equals the newer one."""
    points = {hit.id: round(rank_document(hit, wanted).points, 6) for hit in hits}
    return sorted(hits, key=lambda hit: (-points[hit.id], -hit.created_at.timestamp(), hit.id))


def rank_document(document: Document | Ranked, wanted: Wanted) -> Rank:
    """Return a document's points and where they come from."""
    terms = document.stems.split(None, _READ_TERMS)[:_READ_TERMS]
    where: dict[str, list[int]] = {}
    for at, term in enumerate(terms):
        where.setdefault(term, []).append(at)
    places = [_occurrences(leaf, terms, where) for leaf in wanted.leaves]
    shares: dict[Part, float] = {}
    had = 1.0
    if wanted.leaves:
        weights = [sum(map(telling, leaf_stems(leaf))) for leaf in wanted.leaves]
        if wanted.ordered:  # a similar report need not have most of the words
            had = math.fsum(weight for weight, at in zip(weights, places, strict=True) if at) / math.fsum(weights)
        shares["words"] = had * _words(weights, places, len(terms))
    if wanted.leaves and wanted.ordered:
        shares["opening"] = 1 / (1 + min((at[0] for at in places if at), default=10**6) / 20)
    if len(wanted.leaves) > 1 and wanted.ordered:
        shares["together"] = _together(places)
    if wanted.topics:
        shares["topic"] = had * document.category_probability if document.category in wanted.topics else 0.0
    if wanted.areas:
        shared = sum(code in document.area_path for code in wanted.areas)
        shares["place"] = shared / len(wanted.areas)
    shares |= {"report": document.report_probability, "urgent": document.urgency}
    shares["recent"] = 0.5 ** (max(0.0, (wanted.at - document.created_at).total_seconds()) / 86_400 / HALF_LIFE_DAYS)
    parts = tuple(
        RankPart(part=part, share=_bounded(shares[part]), points=_bounded(shares[part]) * weight)
        for part, weight in WEIGHTS.items()
        if part in shares
    )
    return Rank(
        points=sum(part.points for part in parts),
        parts=parts,
        found=tuple(_name(leaf) for leaf, at in zip(wanted.leaves, places, strict=True) if at),
        missing=tuple(_name(leaf) for leaf, at in zip(wanted.leaves, places, strict=True) if not at),
    )


@lru_cache(1 << 14)
def telling(stem: str) -> float:
    """Return how much a word tells, between 0.1 for the commonest of everyday language and 1 for rare ones."""
    frequency = min(max(frequency_of_forms(stem), _RAREST), _COMMONEST)
    return max(_LEAST_WEIGHT, (_COMMONEST - frequency) / (_COMMONEST - _RAREST))


def _words(weights: Sequence[float], places: Sequence[Sequence[int]], length: int) -> float:
    norm = _K1 * (1 - _B + _B * length / _USUAL_LENGTH)
    got = math.fsum(weight * len(at) / (len(at) + norm) for weight, at in zip(weights, places, strict=True))
    return got / math.fsum(weights)


def _together(places: Sequence[Sequence[int]]) -> float:
    pairs = [_nearness(one, other) for one, other in pairwise(places)]
    return sum(pairs) / len(pairs)


def _nearness(one: Sequence[int], other: Sequence[int]) -> float:
    """Return 1 where one stands next to the other, less the further apart they are, 0 where one is missing."""
    if not one or not other:
        return 0.0
    closest, at = 10**6, 0
    for place in one:
        while at < len(other) - 1 and abs(other[at + 1] - place) <= abs(other[at] - place):
            at += 1
        closest = min(closest, max(1, abs(other[at] - place)))
    return 1 / closest


def _occurrences(leaf: Leaf, terms: Sequence[str], where: Mapping[str, Sequence[int]]) -> Sequence[int]:
    """Return where a word or phrase stands; of words that are only near each other, where the first of them does."""
    if isinstance(leaf, Term):
        if leaf.prefix:
            return sorted(at for term, places in where.items() if term.startswith(leaf.stem) for at in places)
        return where.get(leaf.stem, ())
    starts = where.get(leaf.stems[0], ())
    if isinstance(leaf, Near):
        return starts
    return [at for at in starts if tuple(terms[at : at + len(leaf.stems)]) == leaf.stems]


def _name(leaf: Leaf) -> str:
    return " ".join(leaf_stems(leaf)) + ("*" if isinstance(leaf, Term) and leaf.prefix else "")


def _bounded(share: float) -> float:
    return min(max(share, 0.0), 1.0)
