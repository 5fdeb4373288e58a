"""The gate: whether a post is worth a full reading, decided at a glance, before any Doc is built.

It leans to yes: what it turns away is never seen again, what it lets through is read properly.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import fsum
from typing import NamedTuple

from nlp.components.amounts import find_amounts
from nlp.components.signals import IN_OFFICE, WITNESSED
from nlp.gate_features import (
    PAIR_VALUE,
    PHRASE_VALUE,
    framed_pairs,
    is_headline,
    phrase_names,
    shared_features,
    word_weight,
)
from nlp.glance import WEIGHT_PARTS, Glance, glance
from nlp.linear import logistic
from nlp.model import linear_model, threshold, version
from nlp.normalize import stem_word
from nlp.phrasebook import phrasebook
from nlp.words import clean_text
from sidak.models import Gate, Lane

FOREIGN = frozenset({"en"})
"""Languages that no citizen of the region complains in; neighbours and regional languages are read."""

_LETTERLIKE = 0.2
_ACT, _SELF = frozenset({"ACT"}), frozenset({"FIRST"})
_FOREIGN_PROBABILITY = 0.97
_FOREIGN_WORDS = 6
_AMOUNT_CHARACTERS = 5000


def read_gate(text: str, *, lane: Lane) -> Gate:
    """Decide whether a text deserves a full reading."""
    return judge(glance(clean_text(text)), lane=lane)


def judge(seen: Glance, *, lane: Lane) -> Gate:
    """Decide whether a text that was glanced at deserves a full reading; `reason` is a stable word."""
    passed, score, reason = _decide(seen, lane=lane)
    return Gate(passed=passed, score=score, reason=reason, model=version())


def _decide(seen: Glance, *, lane: Lane) -> tuple[bool, float, str]:
    if not seen.readable:
        return False, 0.0, "empty"
    language = seen.language
    if language.code in FOREIGN and language.probability >= _FOREIGN_PROBABILITY and seen.readable >= _FOREIGN_WORDS:
        return False, 0.0, "language"
    letter = letter_share(seen)
    score = round(logistic(gate_log_odds(seen, letter=letter)), 4)
    if lane == "addressed":
        return True, score, "addressed"
    if score >= threshold("gate_letter" if is_letterlike(seen, letter=letter) else "gate"):
        return True, score, "words"
    if _suspects_misconduct(seen, score=score) or _was_at_an_office(seen, score=score):
        return True, score, "suspicion"
    return False, score, "no_sign"


def letter_share(seen: Glance) -> float:
    """Return how much a text reads like a letter to an office, from 0 to 1."""
    return logistic(linear_model("gate_style").bias + word_weight(len(seen.tokens)) * seen.style_weight)


def is_letterlike(seen: Glance, *, letter: float) -> bool:
    """Tell what is held to a lower bar: in chatter letters are rare, among reports many. Headlines sound like them."""
    return letter >= _LETTERLIKE and not is_headline(seen)


class _Weights(NamedTuple):
    """The gate's model, apart by what its weights are of; those of pairs and phrases are parts, as in WEIGHT_PARTS."""

    pairs: dict[tuple[str, str], int]
    phrases: list[int]
    others: dict[str, float]
    bias: float


def gate_log_odds(seen: Glance, *, letter: float) -> float:
    """Return what the linear model makes of a text's features (nlp/gate_features.py)."""
    pairs, phrases, others, bias = _weights()
    features = shared_features(seen, letter=letter)
    paired = sum(map(pairs.__getitem__, pairs.keys() & framed_pairs(seen.tokens)))
    named = sum(map(phrases.__getitem__, seen.patterns))
    weighed = zip(map(others.get, features), features.values(), strict=True)
    known = [weight * value for weight, value in weighed if weight]
    lexical = (paired * PAIR_VALUE + named * PHRASE_VALUE) / WEIGHT_PARTS
    return fsum((bias, word_weight(len(seen.tokens)) * seen.gate_weight, lexical, *known))


@cache
def _weights() -> _Weights:
    gate = linear_model("gate")
    parts = {name: round(weight * WEIGHT_PARTS) for name, weight in gate.weights.items() if name[:2] in {"b:", "p:"}}
    return _Weights(
        pairs={_pair(name): weight for name, weight in parts.items() if name[0] == "b"},
        phrases=[parts.get(name, 0) for name in phrase_names()],
        others={name: weight for name, weight in gate.weights.items() if name[:2] not in {"u:", "b:", "p:"}},
        bias=gate.bias,
    )


def _pair(name: str) -> tuple[str, str]:
    left, _, right = name[2:].partition(" ")
    return left, right


def _suspects_misconduct(seen: Glance, *, score: float) -> bool:
    """Tell whether a witness speaks of somebody in office and of what is done in misconduct, or of a sum asked for.

    Hardly anybody has labelled posts about misconduct to learn from: what the weights make of it counts little.
    """
    if _holds_each(seen, _ACT, IN_OFFICE, WITNESSED):
        return True
    if score < threshold("gate_money"):
        return False
    return bool(find_amounts(seen.text[:_AMOUNT_CHARACTERS])) and _asks_for_money(seen.tokens)


def _was_at_an_office(seen: Glance, *, score: float) -> bool:
    """Tell whether somebody speaks of themselves and of an office or who works there.

    What happens there is mostly told without any word of trouble, and the weights were learnt from damage.
    """
    return score >= threshold("gate_office") and _holds_each(seen, _SELF, IN_OFFICE)


def _asks_for_money(tokens: Sequence[str]) -> bool:
    return not _asking().isdisjoint(map(stem_word, tokens))


@cache
def _asking() -> frozenset[str]:
    data = tomllib.loads(files("nlp").joinpath("data/gate.toml").read_text(encoding="utf-8"))
    return frozenset(data["asking"].split())


def _holds_each(seen: Glance, *meanings: frozenset[str]) -> bool:
    """Tell whether some phrase of each of these meanings stands in a text."""
    return not any(map(seen.patterns.isdisjoint, map(_patterns, meanings)))


@cache
def _patterns(labels: frozenset[str]) -> frozenset[int]:
    return frozenset(
        pattern
        for pattern, meanings in enumerate(phrasebook().meanings)
        if any(meaning.label in labels for meaning in meanings)
    )
