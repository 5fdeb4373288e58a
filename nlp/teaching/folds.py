"""The folds in which models are scored on texts that they did not see: the same for all, so that none tells another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

FOLDS = 5
_Numbers = npt.NDArray[np.int64]
Part = tuple[_Numbers, _Numbers]
"""The numbers of the texts that are seen, and of those held out."""


class OutOfFold(msgspec.Struct, frozen=True):
    """What models that never saw a text make of it, by origin: truths and probabilities."""

    truths: dict[str, _Numbers]
    probabilities: dict[str, npt.NDArray[np.float64]]


def folds(truths: _Numbers, groups: Sequence[str]) -> list[Part]:
    """Return what is seen and what is held out each time; texts of one group stay together."""
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(parts.split(np.zeros(len(truths)), truths, groups))


def spans(days: Sequence[str], groups: Sequence[str]) -> list[Part]:
    """Return the same by spans of time that hold as many texts each; copies stand where the first of them does."""
    first: dict[str, str] = {}
    for day, group in zip(days, groups, strict=True):
        first[group] = min(day, first.get(group, day))
    span_of: dict[str, int] = {}
    order = sorted(range(len(groups)), key=lambda n: (first[groups[n]], groups[n]))
    for at, n in enumerate(order):
        span_of.setdefault(groups[n], at * FOLDS // len(order))
    held = np.array([span_of[group] for group in groups])
    return [(np.flatnonzero(held != span), np.flatnonzero(held == span)) for span in range(FOLDS)]
