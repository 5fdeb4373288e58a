"""The gate: whether a post is worth a full reading, decided from its stems before any Doc is built.

It leans to yes: what it turns away is never seen again, what it lets through is read properly.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from nlp.components.language import detect_language
from nlp.features import word_features
from nlp.lexicon import phrases
from nlp.model import linear_model, threshold, version
from nlp.normalize import is_readable, stem_word
from nlp.words import iter_words
from sidak.models import Gate, Lane, Language

FOREIGN = frozenset({"en"})
"""Languages that no citizen of the region complains in; neighbours and regional languages are read."""

_FOREIGN_PROBABILITY = 0.97
_FOREIGN_WORDS = 6
_WORDS_READ = 300
_ALARM_LABELS = frozenset({"SAYS", "FAULT", "ACT"})
_ALARM_CAP = 4


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
    passed = score >= threshold("gate")
    return _gate(passed=passed, score=score, reason="words" if passed else "no_sign"), language


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
    too_common = tomllib.loads(files("nlp").joinpath("data/gate.toml").read_text(encoding="utf-8"))[
        "too_common"
    ].split()
    stems = {
        stem_word(word)
        for phrase in phrases()
        if phrase.label in _ALARM_LABELS
        for word, _, _ in iter_words(phrase.text)
    }
    return frozenset(stem for stem in stems if len(stem) > 2) - frozenset(too_common)


def _head(text: str) -> list[tuple[str, int, int]]:
    return [item for _, item in zip(range(_WORDS_READ), iter_words(text), strict=False)]


def _gate(*, passed: bool, score: float, reason: str) -> Gate:
    return Gate(passed=passed, score=round(score, 4), reason=reason, model=version())
