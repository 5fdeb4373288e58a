"""Whether somebody in office is accused: the model's share of all misconduct, corrected by what the lexicons find.

The model weighs the lexicons' points low, since it learnt from texts that these were written with. In places it never
saw that is too little: there an act and an official who are named say more than the habits of a city's letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from nlp.lexicon import kind_of
from nlp.linear import log_odds, logistic
from nlp.taxonomy import categories

NAMED, OTHERWISE, OFFICIAL = 2.5, -1.0, 1.2
"""Log odds of an act with full points, of another trouble with full points, and of an official who is named: chosen
from a grid over texts that were read, out of fold and with a city or a province unseen."""
AID = "bansos"
AID_TRUST = 0.9
"""What counts of the model's share of misused aid: whether aid was misused or only did not come is told by few words,
and where letters were not learnt from the model is too sure of it."""


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


def accused_share(shares: Iterable[tuple[str, float]]) -> float:
    """Return the share of misconduct in the probabilities of categories."""
    accusing = misconduct()
    return sum([share * (AID_TRUST if name == AID else 1.0) for name, share in shares if name in accusing])


@cache
def misconduct() -> frozenset[str]:
    """Return the categories that accuse somebody in office."""
    return frozenset(category for category in categories() if kind_of(category) == "misconduct")


def accuse(share: float, leaning: float) -> float:
    """Return the probability of an accusation from the model's share of misconduct and what the lexicons add."""
    return logistic(log_odds(share) + leaning)
