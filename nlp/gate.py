"""The gate: whether a post is worth a full reading, decided from its stems before any Doc is built.

It leans to yes: what it turns away is never seen again, what it lets through is read properly.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from nlp.components.amounts import find_amounts
from nlp.components.language import detect_language
from nlp.features import word_features
from nlp.lexicon import kind_of, phrases
from nlp.model import linear_model, threshold, version
from nlp.normalize import is_readable, stem_word
from nlp.words import iter_words
from sidak.models import Gate, Kind, Lane, Language

FOREIGN = frozenset({"en"})
"""Languages that no citizen of the region complains in; neighbours and regional languages are read."""

_FOREIGN_PROBABILITY = 0.97
_FOREIGN_WORDS = 6
_WORDS_READ = 300
_ALARM_LABELS = frozenset({"SAYS", "FAULT", "ACT"})
_OFFICE_LABELS = frozenset({"ACTOR", "OFFICE"})
_ALARM_CAP = 4
_SHORTEST_STEM = 2
_AMOUNT_CHARACTERS = 5000


def read_gate(text: str, *, lane: Lane) -> tuple[Gate, Language]:
    """Decide whether a text deserves a full reading; `reason` is a stable word."""
    words = [word for word, _, _ in _head(text) if is_readable(word)]
    language = detect_language(word.lower() for word in words)
    if not words:
        return _gate(passed=False, score=0.0, reason="empty"), language
    if language.code in FOREIGN and language.probability >= _FOREIGN_PROBABILITY and len(words) >= _FOREIGN_WORDS:
        return _gate(passed=False, score=0.0, reason="language"), language
    score = linear_model("gate").probability(gate_features(text))
    if lane == "addressed":
        return _gate(passed=True, score=score, reason="addressed"), language
    if score >= threshold("gate"):
        return _gate(passed=True, score=score, reason="words"), language
    suspects = _suspects_misconduct(text)
    return _gate(passed=suspects, score=score, reason="suspicion" if suspects else "no_sign"), language


def _suspects_misconduct(text: str) -> bool:
    """Tell whether officials and acts of misconduct, or money and its being asked for, stand in one text.

    The weights were learnt from damage; nobody has labelled posts about misconduct to learn from.
    """
    stems = {name[2:] for name in word_features(text)}
    misconduct, officials, asking = suspicious_stems()
    if not stems.isdisjoint(misconduct) and not stems.isdisjoint(officials):
        return True
    return not stems.isdisjoint(asking) and bool(find_amounts(text[:_AMOUNT_CHARACTERS]))


def gate_features(text: str) -> dict[str, float]:
    """Return the stems of a text, and how many of them the lexicons know as signs of trouble."""
    features = word_features(text)
    alarms = alarm_stems()
    hits = sum(1 for name in features if name[2:] in alarms)
    if hits:
        features["alarms"] = min(hits, _ALARM_CAP) / _ALARM_CAP
        features["alarmed"] = 1.0
    return features


@cache
def alarm_stems() -> frozenset[str]:
    """Return the stems that alone may be a sign of damage, misconduct or poor service."""
    return _stems(_ALARM_LABELS) - _gate_words("too_common")


@cache
def suspicious_stems() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the stems of misconduct, of people and places of office, and of asking for money."""
    misconduct = _stems(_ALARM_LABELS, kind="misconduct") - _gate_words("too_common")
    return misconduct, _stems(_OFFICE_LABELS) - _gate_words("too_common"), _gate_words("asking")


def _stems(labels: frozenset[str], *, kind: Kind | None = None) -> frozenset[str]:
    return frozenset(
        stem
        for phrase in phrases()
        if phrase.label in labels and (kind is None or kind_of(phrase.category) == kind)
        for stem in (stem_word(word) for word, _, _ in iter_words(phrase.text))
        if len(stem) > _SHORTEST_STEM
    )


@cache
def _gate_words(name: str) -> frozenset[str]:
    data = tomllib.loads(files("nlp").joinpath("data/gate.toml").read_text(encoding="utf-8"))
    return frozenset(data[name].split())


def _head(text: str) -> list[tuple[str, int, int]]:
    return [item for _, item in zip(range(_WORDS_READ), iter_words(text), strict=False)]


def _gate(*, passed: bool, score: float, reason: str) -> Gate:
    return Gate(passed=passed, score=round(score, 4), reason=reason, model=version())
