"""How alike two reports are: pure functions over their traits, 0 to 1, None where they cannot be one incident.

Two ways lead to a link. A *copy* is nearly the same text: campaigns, reposts, a message forwarded everywhere. A report
of the *same spot* has the same category, place and days, and some words in common. Different places never meet.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from nlp.areas import is_within, level_of
from nlp.incidents.rules import Rules
from nlp.incidents.traits import Hashes, Traits


class Placed(Protocol):
    """Anything with a place: a report or an incident."""

    @property
    def area(self) -> str | None: ...
    @property
    def roads(self) -> Hashes: ...
    @property
    def landmarks(self) -> Hashes: ...


def similarity(one: Traits, other: Traits, *, rules: Rules) -> float | None:
    """Return the similarity of two reports; None where place or time speaks against it."""
    if conflicting(one, other) or time_decay(one, other, rules=rules) is None:
        return None
    found = [score for score in (copy_score(one, other, rules=rules), spot_score(one, other, rules=rules)) if score]
    return max(found, default=None)


def conflicting(one: Placed, other: Placed) -> bool:
    """Whether two reports name different places: areas apart, or other roads or other landmarks and none in common."""
    if one.area and other.area and not (is_within(one.area, other.area) or is_within(other.area, one.area)):
        return True
    if shared_name(one, other):
        return False
    return bool((one.roads and other.roads) or (one.landmarks and other.landmarks))


def shared_name(one: Placed, other: Placed) -> bool:
    """Whether both name the same road or the same landmark."""
    return not (one.roads.isdisjoint(other.roads) and one.landmarks.isdisjoint(other.landmarks))


def time_decay(one: Traits, other: Traits, *, rules: Rules) -> float | None:
    """Return 1 for the same moment, 1/e at the window's end, None beyond it; an unknown time does not part reports."""
    if one.at is None or other.at is None:
        return 1.0
    window = max(rules.window_seconds(one.category), rules.window_seconds(other.category))
    apart = abs(one.at - other.at)
    return math.exp(-apart / window) if apart <= window else None


def copy_score(one: Traits, other: Traits, *, rules: Rules) -> float | None:
    """Return how sure it is that two texts are copies; None where they are not.

    Text alone does not confirm: a letter sent about many villages differs in one word. Confirmed is what is the same
    word by word, or stands in the same district or at the same named place; other numbers are another house, and with
    another category a letter writer used his old words for a new matter.
    """
    if min(one.word_count, other.word_count) < rules.copy_words:
        return None
    common = signature_overlap(one.signature, other.signature)
    if common < rules.copy_suggest:
        return None
    if common < rules.copy_confirm:
        span = rules.copy_confirm - rules.copy_suggest
        return rules.suggest + (rules.confirm - rules.suggest) * (common - rules.copy_suggest) / span
    sure = rules.confirm + (1 - rules.confirm) * (common - rules.copy_confirm) / (1 - rules.copy_confirm)
    if one.text == other.text:
        return sure
    if _same_spot(one, other) and _same_numbers(one, other) and _same_category(one, other):
        return sure
    return math.nextafter(rules.confirm, 0)


def spot_score(one: Traits, other: Traits, *, rules: Rules) -> float | None:
    """Return how sure it is that two reports tell of the same spot; None where category or place do not say so."""
    if one.category is None or one.category != other.category:
        return None
    weight = _place_weight(one, other, rules=rules)
    decay = time_decay(one, other, rules=rules)
    if weight is None or decay is None:
        return None
    score = weight + (1 - weight) * word_cosine(one, other) * decay
    return score if _same_numbers(one, other) else min(score, math.nextafter(rules.confirm, 0))


def word_cosine(one: Traits, other: Traits) -> float:
    """Return the cosine of two sets of words, 0 to 1."""
    sizes = len(one.words) * len(other.words)
    return len(one.words & other.words) / math.sqrt(sizes) if sizes else 0.0


def signature_overlap(one: bytes, other: bytes) -> float:
    """Return the estimated Jaccard similarity of two texts' five-letter pieces."""
    return float(np.mean(np.frombuffer(one, dtype="<u4") == np.frombuffer(other, dtype="<u4")))


def _place_weight(one: Traits, other: Traits, *, rules: Rules) -> float | None:
    """Return what the places say; a road or landmark needs a regency around it, for every town has an Ahmad Yani."""
    if one.area is None or other.area is None:
        return None
    if shared_name(one, other) and "." in one.area and "." in other.area:
        return rules.place.named
    return rules.place.of_level(level_of(one.area)) if one.area == other.area else None


def _same_spot(one: Traits, other: Traits) -> bool:
    """Whether the same district (or something smaller), or a shared name, backs a copy."""
    if one.area is None or other.area is None:
        return False
    return shared_name(one, other) or (one.area == other.area and one.area.count(".") >= 2)


def _same_category(one: Traits, other: Traits) -> bool:
    return None in (one.category, other.category) or one.category == other.category


def _same_numbers(one: Traits, other: Traits) -> bool:
    return not (one.numbers and other.numbers) or one.numbers == other.numbers
