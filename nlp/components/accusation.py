"""Whether somebody in office is accused: the model's share of all misconduct, corrected by what the lexicons find.

The model weighs the lexicons' points low, since it learnt from texts that these were written with. In places it never
saw that is too little: there an act and an official who are named say more than the habits of a city's letters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from nlp.lexicon import kind_of
from nlp.linear import logistic

NAMED, OTHERWISE, OFFICIAL = 2.5, -1.0, 1.2
"""Log odds of an act with full points, of another trouble with full points, and of an official who is named: chosen
from a grid over texts that were read, out of fold and with a city or a province unseen."""
_EDGE = 1e-6


def lean(hints: Mapping[str, float]) -> float:
    """Return what the lexicons add to the log odds of an accusation; `hints` are those of `hint_features`."""
    named = otherwise = 0.0
    for key, points in hints.items():
        if key.startswith("l:"):
            if kind_of(key[2:]) == "misconduct":
                named = max(named, points)
            else:
                otherwise = max(otherwise, points)
    return NAMED * named + OTHERWISE * otherwise + OFFICIAL * ("c:ACTOR" in hints)


def accuse(share: float, leaning: float) -> float:
    """Return the probability of an accusation from the model's share of misconduct and what the lexicons add."""
    share = min(max(share, _EDGE), 1.0 - _EDGE)
    return logistic(math.log(share / (1.0 - share)) + leaning)
