"""Fits the models of relevance: over cues and stems, and over the wording as it is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.components.verdict_doubts import DOUBTS
from nlp.linear import LinearModel
from nlp.teaching.devdata import STREAMS
from nlp.teaching.folds import FOLDS, folds, spans
from nlp.teaching.province import PROVINCE
from nlp.teaching.relevance_corpus import Corpus, Features, Floats, Rows
from nlp.teaching.sentences import LETTERS, OURS, UNSEEN_PAIRS
from nlp.wording import Scaled
from nlp.wording_sums import Term

LEAST_OF_WORDING = 10
CUES_STRENGTH, WORDING_STRENGTH = 1.5, 10.0
"""The inverse of the regularisation, chosen out of fold."""
_NO_WITNESS = frozenset(f"cue:{label}" for label in DOUBTS - {"ABROAD"} | {"QUESTION"})
DOUBT = -0.5
"""The keyword stream is too small to tell: left alone, chance gave some of these the wrong sign."""


def assign_folds(corpus: Corpus, *, by_date: bool = False) -> Rows:
    """Return the fold of each scored text, whose copies stay in it; our posts and sentences have none (-1).

    `by_date` the folds of tweets are spans of time.
    """
    fold_of = np.full(len(corpus.examples), -1)
    for origin in ("tweets", "complaints", PROVINCE):
        rows = corpus.rows(origin)
        if by_date and origin == "tweets":
            parts = spans([corpus.examples[row].day for row in rows], corpus.groups(rows))
        else:
            parts = folds(corpus.truths(rows), corpus.groups(rows))
        for number, (_, held) in enumerate(parts):
            fold_of[rows[held]] = number
    streams = corpus.rows(*STREAMS)
    fold_of[streams] = np.random.default_rng(0).integers(0, FOLDS, len(streams))
    letters = corpus.rows(LETTERS)
    for number, (_, held) in enumerate(folds(corpus.truths(letters), corpus.groups(letters))):
        fold_of[letters[held]] = number
    unseen = corpus.rows(UNSEEN_PAIRS)  # nothing is learnt from them: each is scored by the models of some fold
    fold_of[unseen] = np.arange(len(unseen)) // 2 % FOLDS
    return fold_of


def fit_cues(features: Sequence[Features], truths: npt.NDArray[np.int64], weights: Floats) -> LinearModel:
    """Fit cues, points, places, form and stems, each text at its weight; a cue of doubt never speaks for a witness."""
    used = np.flatnonzero(weights).tolist()
    fitted = fit_linear([features[n] for n in used], truths[used], weights[used], strength=CUES_STRENGTH)
    weighed = {name: min(weight, _ceiling(name)) for name, weight in fitted.weights.items()}
    return LinearModel(bias=fitted.bias, weights=weighed)


def _ceiling(name: str) -> float:
    """Return the most that a feature may weigh: what speaks against a witness never speaks for one."""
    return DOUBT if name in _NO_WITNESS else math.inf


def fit_linear(
    features: Sequence[Features], truths: npt.NDArray[np.int64], weights: Floats, *, strength: float
) -> LinearModel:
    """Fit a logistic regression over named features; `strength` is the inverse of the regularisation."""
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(features)
    model = LogisticRegression(C=strength, max_iter=3000).fit(matrix, truths, sample_weight=weights)
    names = vectorizer.get_feature_names_out()
    return LinearModel(
        bias=float(model.intercept_[0]),
        weights={name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True) if w},
    )


def fit_wording(corpus: Corpus, rows: Rows, weights: Floats, *, may_be_kept: Callable[[str], bool]) -> Scaled:
    """Fit the wording of these texts, each at its weight, over the features that may be kept.

    What a feature weighs is divided by the length of its half, as it is scored.
    """
    rows = rows[weights[rows] > 0]
    return fit_terms(
        [corpus.wording[row] for row in rows],
        corpus.truths(rows),
        weights[rows],
        telling=[_is_telling(corpus, row) for row in rows],
        may_be_kept=may_be_kept,
    )


def fit_terms(
    texts: Sequence[Sequence[str]],
    truths: npt.NDArray[np.int64],
    weights: Floats,
    *,
    telling: Sequence[bool],
    may_be_kept: Callable[[str], bool],
    least: int = LEAST_OF_WORDING,
) -> Scaled:
    """Fit texts given by their wording; those that are `telling` say which features matter: in `least` of them."""
    told = [set(keys) for keys, tells in zip(texts, telling, strict=True) if tells]
    rarities = _rarities(told, may_be_kept=may_be_kept, least=least)
    names = sorted(rarities)
    columns = {name: column for column, name in enumerate(names)}
    matrix = _wording_matrix(texts, columns, np.array([rarities[name] for name in names]))
    model = LogisticRegression(C=WORDING_STRENGTH, max_iter=3000).fit(matrix, truths, sample_weight=weights)
    terms = {name: Term(rarities[name], float(model.coef_[0][column])) for name, column in columns.items()}
    return Scaled(float(model.intercept_[0]), terms)


def _is_telling(corpus: Corpus, row: int) -> bool:
    """Streams in which nothing is a report, and our own hand, do not say which words matter."""
    return corpus.examples[row].origin not in {*STREAMS, *OURS}


def _rarities(texts: Sequence[set[str]], *, may_be_kept: Callable[[str], bool], least: int) -> dict[str, float]:
    """Return the smoothed inverse document frequency of what stands in enough texts and may be kept."""
    counts = Counter(key for keys in texts for key in keys)
    return {
        key: round(math.log((1 + len(texts)) / (1 + count)) + 1, 3)
        for key, count in counts.items()
        if count >= least and may_be_kept(key)
    }


def _wording_matrix(texts: Sequence[Sequence[str]], columns: Mapping[str, int], rarities: Floats) -> csr_matrix:
    """Return the texts' vectors, each half divided by its length as `WordingModel` does."""
    data, indices, starts = [], [], [0]
    for keys in texts:
        for is_part in (False, True):
            found = [columns[key] for key in keys if (key[0] == "c") is is_part and key in columns]
            length = math.sqrt(sum(float(rarities[column]) ** 2 for column in found)) or 1.0
            data += [float(rarities[column]) / length for column in found]
            indices += found
        starts.append(len(indices))
    return csr_matrix((data, indices, starts), shape=(len(texts), len(columns)))  # equal entries are added up


def score_wording(corpus: Corpus, model: Scaled, rows: Rows) -> Floats:
    """Return the log odds of these texts."""
    return score_terms([corpus.wording[row] for row in rows], model)


def score_terms(texts: Sequence[Sequence[str]], model: Scaled) -> Floats:
    """Return the log odds of texts given by their wording."""
    names = sorted(model.terms)
    columns = {name: column for column, name in enumerate(names)}
    rarities = np.array([model.terms[name].rarity for name in names])
    matrix = _wording_matrix(texts, columns, rarities)
    return np.asarray(matrix @ np.array([model.terms[name].weight for name in names]) + model.bias)
