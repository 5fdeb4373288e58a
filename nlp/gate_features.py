"""What the gate weighs: words and pairs of them, phrases of the lexicons, form, and what of these come together.

Training and serving ask the same functions, so that a weight means the same in both.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from nlp.forms import WORD_CLOSES, WORD_OPENS
from nlp.glance import Glance
from nlp.phrasebook import phrasebook

PAIR_VALUE, PHRASE_VALUE = 0.3, 0.5
"""What a pair of words weighs, and a phrase; alone, words weigh by the length of the text."""
TEXT_START, TEXT_END = "<", ">"

_CAP = 3
"""More phrases of a label than this say no more."""
_SHARES = tuple(count / _CAP for count in range(_CAP))
_SIDE = ("l:REQUEST", "l:FIRST", "l:PLACE", "l:NEWS", "l:OFFICIAL", "l:POLITICS", "l:HYPO", "l:PAST")
_FORMS = ("form:link", "form:tags", "form:headline", "form:mention", "form:lower", "form:short", "form:question")
_WITH_TROUBLE = tuple((name, f"trouble+{name}") for name in (*_SIDE, *_FORMS))
_OF_TROUBLE = frozenset({"l:FAULT", "l:SAYS", "l:ACT", "l:HELP"})
_OF_THINGS = frozenset({"l:THING", "l:TOPIC"})
_LONG = 60
_SHORT = 6
_HEADLINE_WORDS = 5
_HEADLINE_SHARE = 0.7
_FORM_CHARACTERS = 2000


class _Said(NamedTuple):
    """What one pattern of the phrasebook says: labels, and the categories of which it names thing and fault."""

    labels: tuple[str, ...]
    things: frozenset[str]
    faults: frozenset[str]


@cache
def _said() -> tuple[_Said, ...]:
    return tuple(
        _Said(
            tuple(sorted({f"l:{meaning.label}" for meaning in meanings})),
            frozenset(meaning.category for meaning in meanings if meaning.label == "THING"),
            frozenset(meaning.category for meaning in meanings if meaning.label == "FAULT"),
        )
        for meanings in phrasebook().meanings
    )


def word_features(tokens: Sequence[str]) -> dict[str, float]:
    """Return the tokens that the gate reads as often as they stand there."""
    weight = word_weight(len(tokens))
    return {f"u:{token}": count * weight for token, count in sorted(Counter(tokens).items())}


def word_weight(tokens: int) -> float:
    """Return what a token weighs in a text of so many."""
    return 1.0 / math.sqrt(tokens) if tokens else 0.0


def pair_features(tokens: Sequence[str]) -> dict[str, float]:
    """Return the pairs of neighbours, and what the text begins and ends with."""
    return {f"b:{left} {right}": PAIR_VALUE for left, right in sorted(set(framed_pairs(tokens)))}


def framed_pairs(tokens: Sequence[str]) -> pairwise[tuple[str, str]]:
    """Return the pairs of neighbours, the text's edges among them."""
    return pairwise((TEXT_START, *tokens, TEXT_END))


def phrase_features(glance: Glance) -> dict[str, float]:
    """Return the phrases of the lexicons found in a text, each by itself."""
    names = phrase_names()
    return {names[pattern]: PHRASE_VALUE for pattern in sorted(glance.patterns)}


@cache
def phrase_names() -> tuple[str, ...]:
    """Return what the phrases of the phrasebook are called among the features, in their order."""
    return tuple(
        f"p:{key.strip(WORD_OPENS + WORD_CLOSES).replace(WORD_CLOSES + WORD_OPENS, ' ')}" for key in phrasebook().keys
    )


def shared_features(glance: Glance, *, letter: float) -> dict[str, float]:
    """Return the features that are no words or phrases, without those that are 0; every value lies between 0 and 1.

    `letter` is how much the text reads like a letter to an office.
    """
    counts, paired = _read_patterns(glance)
    features = {name: _SHARES[count] if count < _CAP else 1.0 for name, count in counts.items()}
    features |= _form(glance)
    features["letter"] = letter
    if _OF_TROUBLE.isdisjoint(counts):
        features["calm+letter"] = letter
        if _OF_THINGS.isdisjoint(counts):
            features["bare"] = 1.0
    else:
        features["alarm"] = 1.0
    if paired:
        features["pair"] = 1.0
    if not (paired or "l:SAYS" in counts or "l:ACT" in counts):
        features["calm+post"] = 1.0 - letter
        if "l:TOPIC" not in counts:
            features["idle+post"] = 1.0 - letter
    else:
        features["trouble"] = 1.0
        features["trouble+letter"] = letter
        features |= {together: features[name] for name, together in _WITH_TROUBLE if name in features}
    return features


def _read_patterns(glance: Glance) -> tuple[dict[str, int], bool]:
    """Count the labels, and tell whether thing and fault of one category stand in the text."""
    counts: dict[str, int] = {}
    things: set[str] = set()
    faults: set[str] = set()
    said = _said()
    for pattern in glance.patterns:
        labels, some_things, some_faults = said[pattern]
        for label in labels:
            counts[label] = counts.get(label, 0) + 1
        things |= some_things
        faults |= some_faults
    return counts, not things.isdisjoint(faults)


def is_headline(glance: Glance) -> bool:
    """Tell whether most words begin with a capital, as in headlines, rather than consist of them."""
    enough = glance.words >= _HEADLINE_WORDS and glance.capitals > _HEADLINE_SHARE * glance.words
    return enough and not glance.text[:_FORM_CHARACTERS].isupper()


def _form(glance: Glance) -> dict[str, float]:
    head = glance.text[:_FORM_CHARACTERS]
    words, capitals = glance.words, glance.capitals
    form = {"form:long": min(words, _LONG) / _LONG} if words else {}
    if glance.links:
        form["form:link"] = 1.0
    if glance.tags:
        form["form:tags"] = min(glance.tags, _CAP) / _CAP
    if not capitals:
        form["form:lower"] = 1.0
    elif is_headline(glance):
        form["form:headline"] = 1.0
    if words < _SHORT:
        form["form:short"] = 1.0
    for mark, name in (("?", "form:question"), ("!", "form:exclamation"), ('"', "form:quote")):
        if mark in head:
            form[name] = 1.0
    if head.startswith("@"):
        form["form:mention"] = 1.0
    return form
