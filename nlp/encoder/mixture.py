"""How the encoder's look is weighed with the linear models' own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files

import msgspec
import numpy as np
import numpy.typing as npt

MIXTURE_FILE = "second_look.toml"
FLOOR, CEILING = -2.5, 4.0
"""Log odds between which the second look is taken, 8 and 98 in 100: beyond them it gains little."""

Floats = npt.NDArray[np.float64]


class Mixture(msgspec.Struct, frozen=True, kw_only=True):
    """How the looks are weighed, where the first one's log odds (cues and wording) leave room."""

    floor: float
    ceiling: float
    cues: float
    wording: float
    second: float
    bias: float

    def leaves_room(self, first: float, *, known: float = 0.0) -> bool:
        """Tell whether the first look's log odds leave room for a second.

        `known` is what speaks for a report beside the text, and is not part of them.
        """
        return self.floor <= first <= self.ceiling - known

    def after_both(self, cues: float, wording: float, second: float) -> float:
        """Return the log odds after both looks."""
        return self.cues * cues + self.wording * wording + self.second * second + self.bias

    def odds(self, cues: float, wording: float, *, ask: Callable[[], float], known: float = 0.0) -> float:
        """Return the log odds after all looks; the encoder is asked only where the first look leaves room."""
        first = cues + wording
        return self.after_both(cues, wording, ask()) if self.leaves_room(first, known=known) else first


@cache
def mixture() -> Mixture:
    """Return how the shipped encoder is weighed; `sidak train` works it out."""
    text = files("nlp.model").joinpath(MIXTURE_FILE).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Mixture)


def write_mixture(found: Mixture) -> str:
    """Return a mixture as the text of its file."""
    about = "# How the encoder's look is weighed with the linear models' own; written by nlp/teaching/relevance.py.\n"
    lines = [f"{name} = {getattr(found, name):.4f}\n" for name in found.__struct_fields__]
    return about + "".join(lines)


def fit_mixture(cues: Floats, wording: Floats, second: Floats, truths: npt.NDArray[np.int64]) -> Mixture:
    """Return the weights that make the log odds of all looks true, where the first leaves room (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

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
