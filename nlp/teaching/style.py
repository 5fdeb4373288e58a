"""Trains what tells letters to an office from chatter, over common stems and the length of a text.

Elsewhere people write in boxes that hold less: of a long letter its beginning is a letter as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from nlp.features import word_features
from nlp.linear import LinearModel
from nlp.reading import Reading
from nlp.style import POST_CHARACTERS, style_features
from nlp.teaching.devdata import STREAMS, Example
from nlp.teaching.folds import folds
from nlp.teaching.relevance_corpus import Corpus, Features, Floats, Rows, prune, read_real
from nlp.teaching.relevance_fit import fit_linear

STRENGTH = 5.0
"""The inverse of the regularisation, chosen out of fold, as the next."""
LEANING = -0.35
"""Added to the log odds of a letter: in doubt a text is chatter, whose model tells more of its kind from reports."""


class Lessons(msgspec.Struct, frozen=True):
    """What is learnt from: the features of texts, which of them are letters, and those of long letters' beginnings."""

    features: list[Features]
    letters: npt.NDArray[np.bool_]
    beginnings: Mapping[int, Features]


def train_style(data: Path, *, labels: Path) -> LinearModel:
    """Train what tells letters to an office from chatter, over common stems and the length."""
    lessons = _read_lessons(read_real(data, labels=labels))
    return _fit_style(lessons, np.arange(len(lessons.features)))


def _read_lessons(examples: Sequence[Example]) -> Lessons:
    features = prune(examples, [_features_of(each.text) for each in examples])
    letters = [each.origin == "complaints" for each in examples]
    known = {name for each in features for name in each}
    long = [n for n, each in enumerate(examples) if letters[n] and len(each.text) > POST_CHARACTERS]
    begun = {n: _features_of(examples[n].text[:POST_CHARACTERS]) for n in long}
    kept = {n: {name: value for name, value in each.items() if name in known} for n, each in begun.items()}
    return Lessons(features, np.array(letters), kept)


def _features_of(text: str) -> Features:
    reading = Reading(text)
    return style_features(word_features(reading), reading)


def _fit_style(lessons: Lessons, rows: Rows) -> LinearModel:
    """Fit these texts; a long letter and its beginning count half each."""
    halves = [row for row in rows if row in lessons.beginnings]
    features = [lessons.features[row] for row in rows] + [lessons.beginnings[row] for row in halves]
    letters = np.concatenate([lessons.letters[rows], np.ones(len(halves), dtype=np.bool_)])
    weights = np.concatenate([[0.5 if row in lessons.beginnings else 1.0 for row in rows], np.full(len(halves), 0.5)])
    fitted = fit_linear(features, letters.astype(np.int64), weights, strength=STRENGTH)
    return LinearModel(fitted.bias + LEANING, fitted.weights)


def letter_shares(corpus: Corpus) -> Floats:
    """Return how much of a letter each real text is, by models that did not learn from it."""
    real = corpus.rows("complaints", "tweets", *STREAMS)
    lessons = _read_lessons([corpus.examples[row] for row in real])
    shares = np.zeros(len(corpus.examples))
    for seen, held in folds(lessons.letters.astype(np.int64), corpus.groups(real)):
        style = _fit_style(lessons, seen)
        shares[real[held]] = [style.probability(lessons.features[n]) for n in held]
    return shares
