"""Trains the gate: `sidak train --data DIR --model gate`; says what thresholds keep and let through, out of fold.

Two linear models come out. `gate_style.tsv` tells letters to an office from posts; `gate.tsv` weighs that, the words
and pairs of them, the lexicons' phrases and the form of a text. Only common words are kept (`keepable.py`),
found in at least ten texts (pairs in twenty) and in tweets among them: no text can be read back out of the weights.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.gate import is_letterlike
from nlp.gate_features import pair_features, phrase_features, shared_features, word_features
from nlp.glance import Glance, glance
from nlp.linear import LinearModel, write_model
from nlp.model import threshold
from nlp.teaching.devdata import STREAMS, Example, plain, read_backgrounds, read_complaints, read_hand_labels
from nlp.teaching.folds import folds
from nlp.teaching.keepable import may_keep_wording
from nlp.teaching.sentences import INVENTED, read_ours
from nlp.words import clean_text

Features = dict[str, float]
LEAST_TEXTS = {"u": 10, "b": 20, "p": 10}
"""In how many texts a word, a pair of words and a phrase must stand to be weighed."""
LEAST_IN_TWEETS = 4
LEAST_WEIGHT = 0.005
WEIGHTS = {
    ("tweets", 1): 2.5,
    ("tweets", 0): 1.5,
    ("complaints", 1): 0.4,
    ("complaints", 0): 0.05,
    **dict.fromkeys([(origin, 0) for origin in STREAMS], 2.0),
    (INVENTED, 1): 0.3,
    (INVENTED, 0): 0.1,
}
"""What a text of an origin weighs: complaints are many and polite, tweets are what comes. An application that is let
through costs little, a complaint that is turned away much."""
REGULARISATION = {"style": 1.0, "gate": 1.0}
RECALLS = (0.999, 0.996, 0.993, 0.99, 0.98)


def train_gate(data: Path, *, labels: Path, output: Path, until: str = "") -> None:
    """Train and write `gate_style.tsv` and `gate.tsv`; say what each threshold lets through out of fold."""
    examples = [*read_complaints(data, until=until), *read_backgrounds(data), *read_hand_labels(data, labels)]
    # The invented posts are left out: with them two to six times as many texts of the streams were let through.
    examples += read_ours(INVENTED)
    seen = [glance(clean_text(each.text)) for each in examples]
    words = [word_features(each.tokens) for each in seen]
    further = [pair_features(each.tokens) | phrase_features(each) for each in seen]
    allowed = _allowed(examples, [ours | others for ours, others in zip(words, further, strict=True)])
    words = [_kept(each, allowed) for each in words]
    style = _fit_style(examples, words)
    features = [
        ours | _kept(others, allowed) | shared_features(each, letter=style.probability(ours))
        for each, ours, others in zip(seen, words, further, strict=True)
    ]
    # An unclear complaint deserves a full reading: for the gate it is a report.
    truths = np.array([int(each.is_report is not False) for each in examples])
    weights = np.array([WEIGHTS[each.origin, truth] for each, truth in zip(examples, truths, strict=True)])
    _say_out_of_fold(examples, seen, features, truths=truths, weights=weights)
    _write(style, output / "gate_style.tsv")
    _write(_fit_model(features, truths, weights, name="gate"), output / "gate.tsv")


def _kept(features: Features, allowed: set[str]) -> Features:
    return {name: value for name, value in features.items() if name in allowed}


def _allowed(examples: Sequence[Example], features: Sequence[Features]) -> set[str]:
    """Return the words, pairs and phrases frequent enough overall and in tweets; common words, or of our lexicons."""
    everywhere: Counter[str] = Counter()
    tweets: Counter[str] = Counter()
    for example, names in zip(examples, features, strict=True):
        everywhere.update(names.keys())
        if example.origin != "complaints":
            tweets.update(names.keys())
    return {
        name
        for name, count in everywhere.items()
        if count >= LEAST_TEXTS[name[0]]
        and tweets[name] >= LEAST_IN_TWEETS
        and (name[0] == "p" or may_keep_wording(name))
    }


def _fit_style(examples: Sequence[Example], words: Sequence[Features]) -> LinearModel:
    """Tell letters from posts; nothing invented, since that is neither."""
    real = [(each.origin == "complaints", ours) for each, ours in zip(examples, words, strict=True) if _is_real(each)]
    letters = np.array([int(is_letter) for is_letter, _ in real])
    return _fit_model([ours for _, ours in real], letters, np.ones(len(letters)), name="style")


def _is_real(example: Example) -> bool:
    return example.origin != INVENTED


def _fit_model(features: Sequence[Features], truths: np.ndarray, weights: np.ndarray, *, name: str) -> LinearModel:
    vectorizer = DictVectorizer()
    fitted = _fit(vectorizer.fit_transform(features), truths, weights, name=name)
    pairs = zip(vectorizer.get_feature_names_out(), fitted.coef_[0], strict=True)
    return LinearModel(
        bias=round(float(fitted.intercept_[0]), 4),
        weights={key: round(float(weight), 4) for key, weight in pairs if abs(weight) >= LEAST_WEIGHT},
    )


def _fit(matrix: csr_matrix, truths: np.ndarray, weights: np.ndarray, *, name: str) -> LogisticRegression:
    return LogisticRegression(C=REGULARISATION[name], max_iter=2000).fit(matrix, truths, sample_weight=weights)


def _say_out_of_fold(
    examples: Sequence[Example],
    seen: Sequence[Glance],
    features: Sequence[Features],
    *,
    truths: np.ndarray,
    weights: np.ndarray,
) -> None:
    """Say what models that never saw a text let through of it, at thresholds that keep so many of the reports."""
    matrix, scores = DictVectorizer().fit_transform(features), np.zeros(len(truths))
    for rows, held in folds(truths, [plain(each.text) for each in examples]):
        scores[held] = _fit(matrix[rows], truths[rows], weights[rows], name="gate").predict_proba(matrix[held])[:, 1]
    letterlike = np.array(
        [is_letterlike(each, letter=ours["letter"]) for each, ours in zip(seen, features, strict=True)]
    )
    for recall in RECALLS:
        _say(examples, truths, scores, letterlike=letterlike, recall=recall)


def _say(
    examples: Sequence[Example], truths: np.ndarray, scores: np.ndarray, *, letterlike: np.ndarray, recall: float
) -> None:
    """Say what is kept and let through where the bar of posts keeps so many of the tweets' reports."""
    origins = np.array([each.origin for each in examples])
    clear = np.array([each.is_report is True for each in examples])
    bar = float(np.quantile(scores[clear & (origins == "tweets")], 1 - recall, method="lower"))
    passed = scores >= np.where(letterlike, min(threshold("gate_letter"), bar), bar)
    kept, others = (
        ", ".join(f"{origin} {passed[rows & (origins == origin)].mean():.4f}" for origin in sorted({*origins[rows]}))
        for rows in (clear, truths == 0)
    )
    sys.stderr.write(f"gate: at {bar:.4f}: reports kept: {kept}; others let through: {others}\n")


def _write(model: LinearModel, file: Path) -> None:
    comments = [f"{file.stem}: logistic weights, written by nlp/teaching/gate.py; see MODEL_CARD.md"]
    file.write_text(write_model(model, comments=comments), encoding="utf-8")
