"""The gate: whether a post is worth a full reading, decided at a glance, before any Doc is built.

It leans to yes: what it turns away is never seen again, what it lets through is read properly.
"""

from __future__ import annotations

from functools import cache
from math import fsum

from nlp.components.amounts import find_amounts
from nlp.gate_features import shared_features, word_weight
from nlp.glance import Glance, glance
from nlp.linear import logistic
from nlp.model import linear_model, threshold, version
from nlp.phrasebook import phrasebook
from nlp.words import clean_text
from sidak.models import Gate, Lane, Language

FOREIGN = frozenset({"en"})
"""Languages that no citizen of the region complains in; neighbours and regional languages are read."""

_FOREIGN_PROBABILITY = 0.97
_FOREIGN_WORDS = 6
_AMOUNT_CHARACTERS = 5000
_WEIGHT_PARTS = 10_000


def read_gate(text: str, *, lane: Lane) -> tuple[Gate, Language]:
    """Decide whether a text deserves a full reading; `reason` is a stable word."""
    seen = glance(clean_text(text))
    passed, score, reason = judge(seen, lane=lane)
    return Gate(passed=passed, score=score, reason=reason, model=version()), seen.language


def judge(seen: Glance, *, lane: Lane) -> tuple[bool, float, str]:
    """Return whether a text deserves a full reading, its score and the reason."""
    if not seen.readable:
        return False, 0.0, "empty"
    language = seen.language
    if language.code in FOREIGN and language.probability >= _FOREIGN_PROBABILITY and seen.readable >= _FOREIGN_WORDS:
        return False, 0.0, "language"
    score = round(logistic(gate_log_odds(seen)), 4)
    if lane == "addressed":
        return True, score, "addressed"
    if score >= threshold("gate"):
        return True, score, "words"
    if _suspects_misconduct(seen, score=score):
        return True, score, "suspicion"
    return False, score, "no_sign"


def gate_log_odds(seen: Glance) -> float:
    """Return what the linear models make of a text's features (nlp/gate_features.py)."""
    weights, bias, style_bias = _weights()
    each = word_weight(seen.words)
    features = shared_features(seen, letter=logistic(style_bias + each * seen.style_weight))
    return fsum(
        (bias, each * seen.gate_weight, *[weights[name] * value for name, value in features.items() if name in weights])
    )


@cache
def _weights() -> tuple[dict[str, float], float, float]:
    gate, style = linear_model("gate"), linear_model("gate_style")
    return {name: weight for name, weight in gate.weights.items() if name[:2] != "w:"}, gate.bias, style.bias


def _suspects_misconduct(seen: Glance, *, score: float) -> bool:
    """Tell whether somebody in office and what is done in misconduct stand in one text, or a sum that is asked for.

    The weights were learnt from damage; hardly anybody has labelled posts about misconduct to learn from.
    """
    acts, officials = _misconduct_patterns()
    if not seen.patterns.isdisjoint(acts) and not seen.patterns.isdisjoint(officials):
        return True
    return score >= threshold("gate_money") and seen.asking > 0 and bool(find_amounts(seen.text[:_AMOUNT_CHARACTERS]))


@cache
def _misconduct_patterns() -> tuple[frozenset[int], frozenset[int]]:
    """Return the patterns of acts of misconduct, and of people and places of office."""
    return _patterns(frozenset({"ACT"})), _patterns(frozenset({"ACTOR", "OFFICE"}))


def _patterns(labels: frozenset[str]) -> frozenset[int]:
    return frozenset(
        pattern
        for pattern, meanings in enumerate(phrasebook().meanings)
        if any(meaning.label in labels for meaning in meanings)
    )
