"""What a query is about: the category that its words name, by the same lexicons that read the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from index.tokens import search_terms
from nlp.lexicon import phrases
from nlp.search_words import function_words

_POINTS = {"SAYS": 3.0, "TOPIC": 2.0, "ACT": 1.5, "THING": 1.0, "FAULT": 1.0}
ENOUGH = 2.0
"""A thing alone (lamp) names no trouble; a thing and its fault (dead) do."""


def find_topics(stems: Sequence[str]) -> tuple[str, ...]:
    """Return the categories that a query's words name best; none where no words name any."""
    points: Counter[str] = Counter()
    for start in range(len(stems)):
        for end in range(start + 1, min(len(stems), start + _longest()) + 1):
            for category, label in _meanings().get(tuple(stems[start:end]), ()):
                points[category] += _POINTS[label] * (end - start) ** 0.5
    best = max(points.values(), default=0.0)
    return tuple(sorted(category for category, each in points.items() if each >= max(ENOUGH, 0.75 * best)))


@cache
def topical_stems() -> frozenset[str]:
    """Return the words by which the lexicons name troubles: misspellings are taken for these rather than for others."""
    return frozenset(stem for stems in _meanings() for stem in stems) - function_words()


@cache
def _meanings() -> dict[tuple[str, ...], tuple[tuple[str, str], ...]]:
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for phrase in phrases():
        if phrase.label not in _POINTS:
            continue
        known = found.setdefault(tuple(search_terms(phrase.text)), {})
        if _POINTS[phrase.label] > _POINTS.get(known.get(phrase.category, ""), 0.0):
            known[phrase.category] = phrase.label
    return {stems: tuple(labels.items()) for stems, labels in found.items() if stems}


@cache
def _longest() -> int:
    return max(map(len, _meanings()))
