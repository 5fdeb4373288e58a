"""Teaches the encoder's second head, which speaks against reports in what reads like a letter.

The layers stay as they are: they learnt from what we invented, tweets and streams, and never saw a person's letter. A
logistic regression over what they make of a text learns complaints, reports or not, and what we invented.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from nlp.encoder.letters import Floats, LetterHead
from nlp.encoder.second_look import SecondLook

STRENGTH = 0.005
"""The inverse of the regularisation."""
HEARD = 0.6
"""What the head's log odds count for beside those of the letters' own models."""
COMPLAINTS_WEIGHT = 4.0
"""What a person's complaint weighs beside an invented text."""
_MOST_LIFT = 5.0


class Meant(msgspec.Struct, frozen=True):
    """What the encoder makes of some texts, what they are, and what each weighs."""

    meanings: Floats
    truths: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]


def meanings_of(encoder: SecondLook, texts: Sequence[str]) -> Floats:
    """Return what the encoder makes of each text, a row each."""
    return np.array([encoder.look(text).meaning for text in texts], dtype=np.float32)


def fit_head(meant: Meant) -> LetterHead:
    """Fit the head, each feature divided by its spread; what it says is scaled to what it counts for."""
    centre, spread = meant.meanings.mean(axis=0), meant.meanings.std(axis=0) + 1e-4
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit((meant.meanings - centre) / spread, meant.truths, sample_weight=meant.weights)
    slopes = HEARD * model.coef_[0] / spread
    bias = HEARD * float(model.intercept_[0]) - float(slopes @ centre)
    return LetterHead(slopes.astype(np.float32), bias)


def lift_of(odds: npt.NDArray[np.float64], truths: npt.NDArray[np.int64]) -> float:
    """Return what must be added to log odds so that as many reports are promised as there are; at most 5 either way."""

    def promised(lift: float) -> float:
        return float(expit(odds + lift).sum() - truths.sum())

    if not promised(-_MOST_LIFT) < 0.0 < promised(_MOST_LIFT):
        return 0.0
    return float(brentq(promised, -_MOST_LIFT, _MOST_LIFT))
