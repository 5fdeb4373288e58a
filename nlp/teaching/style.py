"""Trains what tells letters to an office from chatter, over common stems and the length of a text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.features import word_features
from nlp.linear import LinearModel
from nlp.reading import Reading
from nlp.style import style_features
from nlp.teaching.devdata import Example
from nlp.teaching.relevance_corpus import STREAMS, Corpus, Features, Floats, prune, read_real
from nlp.teaching.relevance_fit import fit_linear, folds

STRENGTH = 5.0
"""The inverse of the regularisation, chosen out of fold, as the next."""
LEANING = -0.5
"""Added to the log odds of a letter: in doubt a text is chatter, whose model tells more of its kind from reports."""


def train_style(data: Path, *, labels: Path) -> LinearModel:
    """Train what tells letters to an office from chatter, over common stems and the length."""
    examples = read_real(data, labels=labels)
    features = _style_features(examples)
    return _fit_style(features, np.array([each.origin == "complaints" for each in examples]))


def _style_features(examples: Sequence[Example]) -> list[Features]:
    readings = [Reading(each.text) for each in examples]
    return prune(examples, [style_features(word_features(each), each) for each in readings])


def _fit_style(features: Sequence[Features], letters: npt.NDArray[np.bool_]) -> LinearModel:
    fitted = fit_linear(features, letters.astype(np.int64), np.ones(len(letters)), strength=STRENGTH)
    return LinearModel(fitted.bias + LEANING, fitted.weights)


def letter_shares(corpus: Corpus) -> Floats:
    """Return how much of a letter each real text is, by models that did not learn from it."""
    real = corpus.rows("complaints", "tweets", *STREAMS)
    examples = [corpus.examples[row] for row in real]
    features = _style_features(examples)
    letters = np.array([each.origin == "complaints" for each in examples])
    shares = np.zeros(len(corpus.examples))
    for seen, held in folds(letters.astype(np.int64), corpus.groups(real)):
        style = _fit_style([features[n] for n in seen], letters[seen])
        shares[real[held]] = [style.probability(features[n]) for n in held]
    return shares
