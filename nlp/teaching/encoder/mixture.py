"""Works out how the encoder's look is weighed with the linear models' own.

Of damage people's tweets tell it, of letters complaints that the encoder did not learn. Of service and misconduct
nobody has published chatter with labels: there pairs that we invented and no model learnt tell it, with the streams'
texts that the encoder never saw.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from nlp.encoder.mixture import LetterMixture, Mixture, Mixtures
from sidak.models import Kind

FLOOR, CEILING = -2.5, 3.0
"""Log odds between which the second look is taken, 8 and 95 in 100: beyond them it gains little."""
CONDUCT_FLOOR, CONDUCT_CEILING = -2.5, 3.0
"""The same for service and misconduct, by the cues alone: the wording was learnt from tweets about damage."""
LETTER_FLOOR, LETTER_CEILING, ADDRESSED_CEILING = -3.5, 5.0, 1.5
"""The same for what letters' own models say, of what is overheard and of what was sent to an office.

Among the first are headlines and compliments of which letters' models are sure.
"""
CONDUCT_SHARES: Mapping[Kind, float] = {"service": 0.1, "misconduct": 0.2}
"""How many of the texts about them are taken to be reports: of the streams' hardly any are, of the tweets' a fifth."""
_STRENGTH, _CONDUCT_STRENGTH = 100.0, 1.0

Floats = npt.NDArray[np.float64]


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """The log odds of some texts by each look, and what they are; `second` by the head that is heard of them."""

    cues: Floats
    wording: Floats
    second: Floats
    truths: npt.NDArray[np.int64]


def fit_mixture(looked: Looked) -> Mixture:
    """Return the weights that make the log odds of all looks true, where the first leaves room (Platt 1999)."""
    first = looked.cues + looked.wording
    asked = (first >= FLOOR) & (first <= CEILING)
    looks = np.column_stack([looked.cues, looked.wording, looked.second])
    platt = LogisticRegression(C=_STRENGTH).fit(looks[asked], looked.truths[asked])
    cues, wording, second, bias = map(float, (*platt.coef_[0], *platt.intercept_))
    return Mixture(floor=FLOOR, ceiling=CEILING, cues=cues, wording=wording, second=second, bias=bias)


def fit_conduct(looked: Looked, *, share: float) -> Mixture:
    """Return the weights for texts about service or misconduct, of which a `share` are taken to be reports.

    The wording, which was learnt from tweets about damage, is not heard, and of the encoder the head for these kinds.
    """
    reports = looked.truths == 1
    weights = np.where(reports, share / reports.mean(), (1.0 - share) / (1.0 - reports.mean()))
    looks = np.column_stack([looked.cues, looked.second])
    platt = LogisticRegression(C=_CONDUCT_STRENGTH).fit(looks, looked.truths, sample_weight=weights)
    return Mixture(
        floor=CONDUCT_FLOOR,
        ceiling=CONDUCT_CEILING,
        cues=float(platt.coef_[0][0]),
        wording=0.0,
        second=float(platt.coef_[0][1]),
        bias=float(platt.intercept_[0]),
        head="conduct",
    )


def fit_letter_mixture(odds: Floats, second: Floats, truths: npt.NDArray[np.int64]) -> LetterMixture:
    """Return the weights that make the log odds of letters' models and encoder true, where the models leave room."""
    asked = odds >= LETTER_FLOOR
    platt = LogisticRegression(C=_STRENGTH).fit(np.column_stack([odds, second])[asked], truths[asked])
    letter, look, bias = map(float, (*platt.coef_[0], *platt.intercept_))
    ceilings = {"ceiling": LETTER_CEILING, "addressed_ceiling": ADDRESSED_CEILING}
    return LetterMixture(floor=LETTER_FLOOR, **ceilings, letter=letter, second=look, bias=bias)


def write_mixtures(found: Mixtures) -> str:
    """Return the mixtures as the text of their file."""
    lines = ["# How the encoder's look is weighed with the linear models' own; written by nlp/teaching/relevance.py.\n"]
    for kind in found.__struct_fields__:
        mixture: Mixture | LetterMixture = getattr(found, kind)
        values = {name: getattr(mixture, name) for name in mixture.__struct_fields__}
        lines += [f"\n[{kind}]\n", *(f"{name} = {_toml(value)}\n" for name, value in values.items())]
    return "".join(lines)


def _toml(value: float | str) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value:.4f}"
