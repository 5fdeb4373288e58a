"""The folds in which models are scored on texts that they did not see: the same for all, so that none tells another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

FOLDS = 5
_Numbers = npt.NDArray[np.int64]


class OutOfFold(msgspec.Struct, frozen=True):
    """What models that never saw a text make of it, by origin: truths and probabilities."""

    truths: dict[str, _Numbers]
    probabilities: dict[str, npt.NDArray[np.float64]]


def folds(truths: _Numbers, groups: Sequence[str]) -> list[tuple[_Numbers, _Numbers]]:
    """Return what is seen and what is held out each time; texts of one group stay together."""
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(parts.split(np.zeros(len(truths)), truths, groups))
