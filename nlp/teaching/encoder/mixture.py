"""Works out how the encoder's look is weighed with the linear models' own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from nlp.encoder.mixture import Mixture

FLOOR, CEILING = -2.0, 3.0
"""Log odds between which the second look is taken, 12 and 95 in 100: beyond them it gains little."""

Floats = npt.NDArray[np.float64]


def fit_mixture(cues: Floats, wording: Floats, second: Floats, truths: npt.NDArray[np.int64]) -> Mixture:
    """Return the weights that make the log odds of all looks true, where the first leaves room (Platt 1999)."""
    first = cues + wording
    asked = (first >= FLOOR) & (first <= CEILING)
    platt = LogisticRegression(C=100.0).fit(np.column_stack([cues, wording, second])[asked], truths[asked])
    of_cues, of_wording, of_second = map(float, platt.coef_[0])
    bias = float(platt.intercept_[0])
    return Mixture(floor=FLOOR, ceiling=CEILING, cues=of_cues, wording=of_wording, second=of_second, bias=bias)


def apply_mixture(found: Mixture, cues: Floats, wording: Floats, second: Callable[[int], float]) -> Floats:
    """Return the log odds after all looks; `second` is asked for the n-th text only where it counts."""
    pairs = enumerate(zip(cues, wording, strict=True))
    return np.array([found.odds(of_cues, of_wording, ask=partial(second, n)) for n, (of_cues, of_wording) in pairs])


def write_mixture(found: Mixture) -> str:
    """Return a mixture as the text of its file."""
    about = "# How the encoder's look is weighed with the linear models' own; written by nlp/teaching/relevance.py.\n"
    lines = [f"{name} = {getattr(found, name):.4f}\n" for name in found.__struct_fields__]
    return about + "".join(lines)
