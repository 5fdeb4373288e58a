"""Trains the gate: `python -m nlp.train_gate --data DIR`; says what thresholds keep and let through, out of fold.

Two linear models come out. `gate_style.tsv` tells letters to an office from posts; `gate.tsv` weighs that, the stems,
the lexicons' phrases and the form of a text. Only common words are kept, found in at least twenty texts and in tweets
among them, so that no text can be read back out of the weights.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from nlp.areas import find_by_name, is_large
from nlp.devdata import Example, plain, read_backgrounds, read_complaints, read_hand_labels
from nlp.gate_features import shared_features, stem_features
from nlp.glance import glance
from nlp.linear import LinearModel, write_model
from nlp.normalize import is_known
from nlp.words import clean_text

Features = dict[str, float]
LEAST_TEXTS = 20
LEAST_IN_TWEETS = 4
LEAST_WEIGHT = 0.005
WEIGHTS = {
    ("tweets", 1): 2.0,
    ("tweets", 0): 2.0,
    ("complaints", 1): 0.2,
    ("complaints", 0): 0.1,
    ("korupsi", 0): 2.0,
    ("invented", 1): 0.6,
    ("invented", 0): 0.2,
}
"""What a text of an origin weighs, 1 where none is named: complaints are many and polite, tweets are what comes."""
REGULARISATION = {"style": 1.0, "gate": 1.0}
FOLDS = 5
RECALLS = (0.999, 0.996, 0.993, 0.99, 0.98)
DATA_DIR = Path(__file__).parent / "data"
MODEL_DIR = Path(__file__).parent / "model"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train both models and write them into nlp/model; people's output goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train_gate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of development data")
    parser.add_argument("--labels", type=Path, default=MODEL_DIR / "labels.tsv", help="hand labels of the stream")
    parser.add_argument("--output", type=Path, default=MODEL_DIR, help="where the models go")
    options = parser.parse_args(arguments)
    train_gate(options.data, labels=options.labels, output=options.output)
    return 0


def train_gate(data: Path, *, labels: Path, output: Path) -> None:
    """Train and write `gate_style.tsv` and `gate.tsv`; say what each threshold lets through out of fold."""
    examples = [*read_complaints(data, later=False), *read_backgrounds(data), *read_hand_labels(data, labels)]
    examples += read_invented()
    texts = [clean_text(each.text) for each in examples]
    stems = [stem_features(text) for text in texts]
    allowed = _allowed_stems(examples, stems)
    letters = np.array([int(each.origin == "complaints") for each in examples])
    style = _fit_model([_kept(each, allowed) for each in stems], letters, np.ones(len(letters)), name="style")
    features = [
        _kept(words, allowed) | shared_features(glance(text), letter=style.probability(words))
        for text, words in zip(texts, stems, strict=True)
    ]
    # An unclear complaint deserves a full reading: for the gate it is a report.
    truths = np.array([int(each.is_report is not False) for each in examples])
    weights = np.array([WEIGHTS.get((each.origin, truth), 1.0) for each, truth in zip(examples, truths, strict=True)])
    _say_out_of_fold(examples, features, truths, weights)
    _write(style, output / "gate_style.tsv")
    _write(_fit_model(features, truths, weights, name="gate"), output / "gate.tsv")


def read_invented() -> Iterator[Example]:
    """Yield the posts written for this project: misconduct above all, which hardly any labelled tweet tells of."""
    for line in (DATA_DIR / "training" / "reports.tsv").read_text(encoding="utf-8").splitlines():
        text, is_report, *_ = (*line.split("\t"), "")
        if is_report in {"0", "1"}:
            yield Example(origin="invented", text=text, is_report=is_report == "1")


def _kept(features: Features, allowed: set[str]) -> Features:
    return {name: value for name, value in features.items() if not name.startswith("w:") or name in allowed}


def _allowed_stems(examples: Sequence[Example], stems: Sequence[Features]) -> set[str]:
    """Return the stems frequent enough overall and in tweets; all common words, no regions."""
    everywhere: Counter[str] = Counter()
    tweets: Counter[str] = Counter()
    for example, names in zip(examples, stems, strict=True):
        everywhere.update(names)
        if example.origin != "complaints":
            tweets.update(names)
    return {
        name
        for name, count in everywhere.items()
        if count >= LEAST_TEXTS and tweets[name] >= LEAST_IN_TWEETS and may_keep_stem(name.removeprefix("w:"))
    }


def may_keep_stem(word: str) -> bool:
    """Tell whether a stem's weight says nothing of anybody: a common word, no digit, no province or regency."""
    return word.isalpha() and is_known(word) and not any(map(is_large, find_by_name(word)))


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
    examples: Sequence[Example], features: Sequence[Features], truths: np.ndarray, weights: np.ndarray
) -> None:
    """Say what models that never saw a text let through of it, at thresholds that keep so many of the reports."""
    matrix, scores = DictVectorizer().fit_transform(features), np.zeros(len(truths))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)  # copies of a text stay in one fold
    for rows, held in folds.split(scores, truths, [plain(each.text) for each in examples]):
        scores[held] = _fit(matrix[rows], truths[rows], weights[rows], name="gate").predict_proba(matrix[held])[:, 1]
    origins = np.array([each.origin for each in examples])
    clear = np.array([each.is_report is True for each in examples])
    reports = {origin: scores[clear & (origins == origin)] for origin in ("complaints", "tweets", "invented")}
    for recall in RECALLS:
        bar = min(
            float(np.quantile(reports[origin], 1 - recall, method="lower")) for origin in ("complaints", "tweets")
        )
        kept = ", ".join(f"{origin} {(found >= bar).mean():.4f}" for origin, found in reports.items())
        passed = [
            f"{origin} {(scores[(origins == origin) & (truths == 0)] >= bar).mean():.3f}"
            for origin in sorted({*origins})
        ]
        sys.stderr.write(f"gate: at {bar:.4f}: reports kept: {kept}; others let through: {', '.join(passed)}\n")


def _write(model: LinearModel, file: Path) -> None:
    comments = [f"{file.stem}: logistic weights, written by nlp/train_gate.py; see MODEL_CARD.md"]
    file.write_text(write_model(model, comments=comments), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
