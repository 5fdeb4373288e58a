"""Trains what tells letters to an office from chatter: by common stems and the length of a text, and by its wording.

Both are wrong in different ways, and the mean of their log odds tells more than either. The stems know letters of which
no form is left as well. Elsewhere people write in boxes that hold less: of a long letter its beginning is a letter too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from nlp.features import word_features
from nlp.linear import LinearModel
from nlp.reading import Reading
from nlp.style import POST_CHARACTERS, style_features
from nlp.teaching.devdata import STREAMS, Example
from nlp.teaching.folds import folds
from nlp.teaching.keepable import may_keep_wording, tells_origin
from nlp.teaching.relevance_corpus import Corpus, Features, Floats, Rows, prune, read_real
from nlp.teaching.relevance_fit import fit_linear, fit_terms, score_terms
from nlp.wording import Scaled, wording_keys

STRENGTH = 5.0
"""The inverse of the regularisation, chosen out of fold, as the next."""
LEANING = -1.1
"""Added to the log odds of a letter: in doubt a text is chatter, whose model tells more of its kind from reports."""
LEAST_OF_WORDING = 30
"""In so many texts a word, a pair or a part stands to be weighed."""


class Look(msgspec.Struct, frozen=True):
    """What is looked at in a text: features of stems and length, and its wording."""

    features: Features
    wording: list[str]


class Style(msgspec.Struct, frozen=True):
    """Both models of what a letter is."""

    stems: LinearModel
    wording: Scaled

    def shares(self, looks: Sequence[Look]) -> Floats:
        """Return how much of a letter each text is."""
        stems = np.array([self.stems.score(each.features) for each in looks])
        return np.asarray(expit((stems + score_terms([each.wording for each in looks], self.wording)) / 2.0))


class Lessons(msgspec.Struct, frozen=True):
    """What is learnt from: texts, which of them are letters, and long letters' beginnings."""

    looks: list[Look]
    letters: npt.NDArray[np.bool_]
    beginnings: Mapping[int, Look]


def train_style(data: Path, *, labels: Path, until: str = "") -> Style:
    """Train what tells letters to an office from chatter, over common stems and the length, and over wording."""
    lessons = _read_lessons(read_real(data, labels=labels, until=until))
    return _fit_style(lessons, np.arange(len(lessons.looks)))


def _read_lessons(examples: Sequence[Example]) -> Lessons:
    features = prune(examples, [_features_of(each.text) for each in examples])
    letters = [each.origin == "complaints" for each in examples]
    known = {name for each in features for name in each}
    long = [n for n, each in enumerate(examples) if letters[n] and len(each.text) > POST_CHARACTERS]
    begun = {n: examples[n].text[:POST_CHARACTERS] for n in long}
    kept = {
        n: Look({name: value for name, value in _features_of(text).items() if name in known}, _wording_of(text))
        for n, text in begun.items()
    }
    looks = [Look(ours, _wording_of(each.text)) for ours, each in zip(features, examples, strict=True)]
    return Lessons(looks, np.array(letters), kept)


def _features_of(text: str) -> Features:
    reading = Reading(text)
    return style_features(word_features(reading), reading)


def _wording_of(text: str) -> list[str]:
    return list(wording_keys(Reading(text).words))


def _fit_style(lessons: Lessons, rows: Rows) -> Style:
    """Fit these texts; a long letter and its beginning count half each."""
    halves = [row for row in rows if row in lessons.beginnings]
    looks = [lessons.looks[row] for row in rows] + [lessons.beginnings[row] for row in halves]
    letters = np.concatenate([lessons.letters[rows], np.ones(len(halves), dtype=np.bool_)]).astype(np.int64)
    weights = np.concatenate([[0.5 if row in lessons.beginnings else 1.0 for row in rows], np.full(len(halves), 0.5)])
    stems = fit_linear([each.features for each in looks], letters, weights, strength=STRENGTH)
    wording = fit_terms(
        [each.wording for each in looks],
        letters,
        weights,
        telling=[True] * len(looks),
        may_be_kept=lambda key: may_keep_wording(key) and not tells_origin(key),
        least=LEAST_OF_WORDING,
    )
    return Style(LinearModel(stems.bias + LEANING, stems.weights), wording.times(1.0, plus=LEANING))


def letter_shares(corpus: Corpus) -> Floats:
    """Return how much of a letter each real text is, by models that did not learn from it."""
    real = corpus.rows("complaints", "tweets", *STREAMS)
    lessons = _read_lessons([corpus.examples[row] for row in real])
    shares = np.zeros(len(corpus.examples))
    for seen, held in folds(lessons.letters.astype(np.int64), corpus.groups(real)):
        shares[real[held]] = _fit_style(lessons, seen).shares([lessons.looks[n] for n in held])
    return shares
