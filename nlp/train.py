"""Trains the gate and the relevance model from labelled texts: `python -m nlp.train --data DIR`.

What is kept is a weight a stem or a pair of stems: only common words, found in at least twenty texts and in tweets
among them, and no digits, so that no text can be read back out of a model. Complaints count little next to
tweets, since a model of complaints learns the polite letter and not the damage.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold

from nlp.areas import find_by_name
from nlp.build import build_nlp, make_doc
from nlp.components.relevance import doc_features
from nlp.devdata import Example, plain, read_backgrounds, read_complaints, read_hand_labels
from nlp.features import TEXT_END, TEXT_START, word_features
from nlp.linear import LinearModel, write_model
from nlp.normalize import is_known
from nlp.train_gate import train_gate

Features = dict[str, float]
LEAST_TEXTS = 20
LEAST_TEXTS_OF_PAIRS = 40
"""A pair says more of a text than a word does, so it must be twice as common to be kept."""
LEAST_IN_TWEETS = 4
WEIGHTS = {"tweets": 4.0, "complaints": 0.2}
BACKGROUND_WEIGHT = 1.0
FOLDS = 5
REGULARISATION = {"style": 1.0, "relevance": 1.2}
MODEL_DIR = Path(__file__).parent / "model"
LABELS = MODEL_DIR / "labels.tsv"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train both models and write them into nlp/model; people's output goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of development data")
    parser.add_argument("--labels", type=Path, default=LABELS, help="hand labels of the infrastructure stream")
    parser.add_argument("--output", type=Path, default=MODEL_DIR, help="where the models go")
    options = parser.parse_args(arguments)
    train(options.data, labels=options.labels, output=options.output)
    return 0


def train(data: Path, *, labels: Path, output: Path) -> None:
    """Train and write `style.tsv`, the gate's models and `relevance.tsv`."""
    examples = [*read_complaints(data, later=False), *read_backgrounds(data)]
    examples += read_hand_labels(data, labels)
    letters = [_judged(each, is_report=each.origin == "complaints") for each in examples]
    clear = [each for each in examples if each.is_report is not None]
    style = _train_one("style", letters, [word_features(each.text) for each in letters], output)
    train_gate(data, labels=labels, output=output)
    _train_one("relevance", clear, _relevance_features(clear, style), output)


def _judged(example: Example, *, is_report: bool) -> Example:
    return Example(origin=example.origin, text=example.text, day=example.day, is_report=is_report)


def _relevance_features(examples: Sequence[Example], style: LinearModel) -> list[Features]:
    nlp = build_nlp()
    nlp.remove_pipe("sidak_relevance")  # what is trained here
    docs = nlp.pipe(make_doc(nlp, each.text, lane="overheard") for each in examples)
    return [doc_features(doc, style=style) for doc in docs]


def _train_one(name: str, examples: Sequence[Example], features: list[Features], output: Path) -> LinearModel:
    allowed = _allowed_stems(examples, features)
    kept = [
        {key: value for key, value in each.items() if not key.startswith("w:") or key in allowed} for each in features
    ]
    origins = np.array([each.origin for each in examples])
    labels = np.array([int(bool(each.is_report)) for each in examples])
    weights = np.array([1.0 if name == "style" else WEIGHTS.get(origin, BACKGROUND_WEIGHT) for origin in origins])
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(kept)

    def fit(rows: np.ndarray) -> LogisticRegression:
        model = LogisticRegression(C=REGULARISATION[name], max_iter=2000)
        return model.fit(matrix[rows], labels[rows], sample_weight=weights[rows])

    groups = [plain(each.text) for each in examples]
    _say_out_of_fold(name, fit, matrix, labels, origins, groups=groups)
    final = fit(np.arange(len(examples)))
    names = vectorizer.get_feature_names_out()
    model = LinearModel(
        bias=float(final.intercept_[0]),
        weights={key: round(float(w), 4) for key, w in zip(names, final.coef_[0], strict=True) if abs(w) >= 0.005},
    )
    comments = [f"{name}: logistic weights, written by nlp/train.py; see MODEL_CARD.md"]
    (output / f"{name}.tsv").write_text(write_model(model, comments=comments), encoding="utf-8")
    _say(f"{name}: {len(examples)} texts, {len(model.weights)} weights")
    return model


def _allowed_stems(examples: Sequence[Example], features: Sequence[Features]) -> set[str]:
    """Return the stems, and the pairs of such, frequent enough overall and in tweets; all common words, no regions."""
    everywhere: Counter[str] = Counter()
    tweets: Counter[str] = Counter()
    for example, names in zip(examples, features, strict=True):
        found = [key for key in names if key.startswith("w:")]
        everywhere.update(found)
        if example.origin != "complaints":
            tweets.update(found)
    common = {key for key, count in everywhere.items() if count >= LEAST_TEXTS and tweets[key] >= LEAST_IN_TWEETS}
    words = {key[2:] for key in common if _may_be_kept(key[2:])}
    often = {key for key in common if key.count(" ") == 1 and everywhere[key] >= LEAST_TEXTS_OF_PAIRS}
    pairs = {key for key in often if words | {TEXT_START, TEXT_END} >= set(key[2:].split(" "))}
    return {f"w:{word}" for word in words} | pairs


def _may_be_kept(word: str) -> bool:
    return word.isalpha() and is_known(word) and not any(code.count(".") <= 1 for code in find_by_name(word))


def _say_out_of_fold(
    name: str,
    fit: Callable[[np.ndarray], LogisticRegression],
    matrix: csr_matrix,
    labels: np.ndarray,
    origins: np.ndarray,
    *,
    groups: Sequence[str],
) -> None:
    """Say how well models that never saw a text judge it, for each register."""
    scores = np.zeros(len(labels))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)  # copies of a text stay in one fold
    for rows, held in folds.split(np.zeros(len(labels)), labels, groups):
        scores[held] = fit(rows).predict_proba(matrix[held])[:, 1]
    for origin in ("complaints", "tweets"):
        mine = origins == origin
        if 0 < labels[mine].sum() < mine.sum():
            precision = average_precision_score(labels[mine], scores[mine])
            _say(f"{name}: {origin}: average precision {precision:.3f}, base {labels[mine].mean():.3f}, out of fold")
        found = np.sort(scores[mine & (labels == 1)])
        if len(found):
            points = ", ".join(
                f"{share:.0%}: {found[int(len(found) * (1 - share))]:.3f}" for share in (0.99, 0.98, 0.95)
            )
            _say(f"{name}: {origin}: threshold for a recall of {points}")
    for origin in sorted(set(origins) - {"complaints", "tweets"}):
        passed = [f"{(scores[origins == origin] >= bar).mean() * 1000:.1f} at {bar}" for bar in (0.3, 0.4, 0.5, 0.6)]
        _say(f"{name}: {origin}: called a report out of 1,000: {', '.join(passed)}")
    mine = origins == "tweets"
    for bar in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6):
        yes = mine & (scores >= bar)
        precision, recall = labels[yes].sum() / max(yes.sum(), 1), labels[yes].sum() / max(labels[mine].sum(), 1)
        _say(f"{name}: tweets: at {bar}: precision {precision:.3f}, recall {recall:.3f}")


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
