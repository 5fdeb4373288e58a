"""Scores of yes-or-no decisions: precision, recall, calibration, with intervals that say how little a sample proves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, precision_recall_curve

Truths = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Measure = Callable[[Truths, Scores], float]

BINS = 10
RESAMPLES = 500
SEED = 4
YES = 0.5


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and the middle 95 % of what resamples of the same texts give."""

    value: float
    low: float
    high: float


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a reliability diagram: what was promised, what came true, over how many texts."""

    promised: float
    came_true: float
    texts: int


def average_precision(truths: Truths, probabilities: Scores) -> float:
    """Return the area under precision over recall."""
    return float(average_precision_score(truths, probabilities))


def f1_at_half(truths: Truths, probabilities: Scores) -> float:
    """Return F1 of "probability at least one half"."""
    return _f1(truths, probabilities >= YES)


def best_f1(truths: Truths, probabilities: Scores) -> float:
    """Return the best F1 over all thresholds: flattering, since the threshold is chosen on the same texts."""
    precision, recall, _ = precision_recall_curve(truths, probabilities)
    return float((2 * precision * recall / np.maximum(precision + recall, 1e-12)).max())


def precision_at_half(truths: Truths, probabilities: Scores) -> float:
    """Return the share of right ones among those with a probability of at least one half."""
    yes = probabilities >= YES
    return float(truths[yes].mean()) if yes.any() else 0.0


def recall_at_half(truths: Truths, probabilities: Scores) -> float:
    """Return the share found among the true ones, at a probability of at least one half."""
    return float((probabilities[truths == 1] >= YES).mean()) if truths.any() else 0.0


def calibration_error(truths: Truths, probabilities: Scores) -> float:
    """Return the expected calibration error over ten equal bins (Naeini 2015)."""
    bins = reliability(truths, probabilities)
    return sum(each.texts * abs(each.promised - each.came_true) for each in bins) / max(len(truths), 1)


def reliability(truths: Truths, probabilities: Scores) -> tuple[Bin, ...]:
    """Return the bars of a reliability diagram, empty ones left out."""
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(
            promised=round(float(probabilities[places == each].mean()), 4),
            came_true=round(float(truths[places == each].mean()), 4),
            texts=int((places == each).sum()),
        )
        for each in range(BINS)
        if (places == each).any()
    )


def interval(measure: Measure, truths: Truths, probabilities: Scores) -> Interval:
    """Return a measure with the 2.5th and 97.5th percentile of its bootstrap (Efron 1979), by a fixed seed."""
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES):
        rows = random.integers(0, len(truths), len(truths))
        if 0 < truths[rows].sum() < len(rows):
            found.append(measure(truths[rows], probabilities[rows]))
    low, high = np.percentile(found, [2.5, 97.5]) if found else (0.0, 1.0)
    return Interval(
        value=round(measure(truths, probabilities), 4), low=round(float(low), 4), high=round(float(high), 4)
    )


def macro_f1(truths: Sequence[str], found: Sequence[str | None]) -> float:
    """Return the mean F1 of the classes that occur in the truths; None is an abstention and counts as missed."""
    classes = sorted(set(truths))
    pairs = list(zip(truths, found, strict=True))
    scores = []
    for each in classes:
        right = sum(truth == each and got == each for truth, got in pairs)
        named = sum(got == each for _, got in pairs)
        scores.append(2 * right / (named + sum(truth == each for truth, _ in pairs)))
    return sum(scores) / max(len(scores), 1)


def _f1(truths: Truths, yes: npt.NDArray[np.bool_]) -> float:
    right = int((truths[yes]).sum())
    return 2 * right / max(int(yes.sum()) + int(truths.sum()), 1)
