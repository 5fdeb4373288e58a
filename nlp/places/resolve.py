"""Which area is meant: mentions, where they lie in one another, and what is known beforehand, weighed together.

First the regency or city: each mention speaks for those in which a candidate of it lies; home region and place
hint add to those that are mentioned at all. Then down the tree: a kecamatan carries its kelurahan, and the
answer stops at the level at which the probability is still good.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nlp.areas import KECAMATAN, KELURAHAN, is_large, is_within
from nlp.places.belief import ROADS, any_large
from nlp.places.mention import Mention, is_aside, names_place_itself
from nlp.places.says import strengths_of
from nlp.places.tree import deepest, nodes_of, regencies_of, roll_up
from nlp.places.weights import WEIGHTS

_KEPT_TEXTS = 1 << 11
_ELSEWHERE = 0.02
_NO_PLACE = 0.1


class Choice(NamedTuple):
    """A mention's best area, the probability that it is meant, the next best ones, and that any of them is meant."""

    code: str
    probability: float
    alternatives: tuple[str, ...]
    is_place: float


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The answer, if any, and the probability of every candidate of each mention."""

    code: str | None
    probability: float
    chosen: Mapping[int, Choice]


_NOTHING = Resolved(code=None, probability=0.0, chosen={})


def resolve(mentions: Sequence[Mention], *, prior: Mapping[str, float]) -> Resolved:
    """Weigh all mentions; `prior` maps area codes to log odds known beforehand (home region, hint)."""
    if not mentions:
        return _NOTHING
    # where a name stands says nothing of what it means
    return _resolve(tuple(each._replace(opens=0, first=0, last=0) for each in mentions), tuple(prior.items()))


@lru_cache(_KEPT_TEXTS)
def _resolve(mentions: tuple[Mention, ...], known: tuple[tuple[str, float], ...]) -> Resolved:
    """Weigh mentions that differ in what they say, not in where: posts of a region name the same few areas."""
    prior = dict(known)
    strengths = strengths_of(mentions, told=bool(prior))
    regencies = regencies_of(strengths, prior)
    nodes = nodes_of(strengths, regencies)
    totals = roll_up(nodes)
    code, probability = deepest(totals)
    if code is not None and _is_contested(code, mentions):
        code, probability = deepest({other: p for other, p in totals.items() if len(other) < len(code)})
    province = code or max((each for each in totals if len(each) == 2), key=totals.__getitem__, default="")
    if len(province) == 2 and _names_elsewhere(province, mentions):
        code, probability = deepest(_outside(province, totals))
    if code is not None and len(code) == 2 and not _is_named(code, mentions, prior):
        # many weak candidates in one province add up to nothing
        code, probability = None, 0.0
    chosen = {
        index: _choose(mention, says, totals)
        for index, (mention, says) in enumerate(zip(mentions, strengths, strict=True))
    }
    return Resolved(code=code, probability=probability, chosen=chosen)


def _names_elsewhere(province: str, mentions: Sequence[Mention]) -> bool:
    """Whether all that is named are regencies elsewhere: "Bandung" is no village in a province that has several."""
    return all(
        any_large(each.codes) and not any(is_large(code) and is_within(code, province) for code in each.codes)
        for each in mentions
    )


def _outside(province: str, totals: Mapping[str, float]) -> dict[str, float]:
    """Return what is probable of each area once it is known that a province is not meant."""
    rest = 1.0 - totals[province]
    return {code: each / rest for code, each in totals.items() if not is_within(code, province)} if rest else {}


def _is_contested(code: str, mentions: Sequence[Mention]) -> bool:
    """Whether a kelurahan that no level word announces stands beside another one of its regency."""
    if code.count(".") != KELURAHAN or any(each.depth is not None and code in each.codes for each in mentions):
        return False
    kecamatan, regency = code[:8], code[:5]
    is_said = any(each.depth == KECAMATAN and kecamatan in each.codes for each in mentions)
    within = kecamatan if is_said else regency
    return any(
        any(is_within(other, within) and other.count(".") == KELURAHAN for other in each.codes)
        for each in _rivals(code, mentions)
        if code not in each.codes and kecamatan not in each.codes
    )


def _rivals(code: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that may be of the place itself: not where roads lead, nor roads or rivers beside it."""
    own = [each for each in mentions if code in each.codes]
    rivals = list(mentions)
    if not all(map(is_aside, own)):
        rivals = [each for each in rivals if not is_aside(each)]
    if any(names_place_itself(each) for each in own):
        rivals = [each for each in rivals if each.context not in ROADS and each.context != "hollow"]
    return rivals


def _is_named(province: str, mentions: Sequence[Mention], prior: Mapping[str, float]) -> bool:
    return any(province in mention.codes for mention in mentions) or any(is_within(code, province) for code in prior)


def _choose(mention: Mention, says: Mapping[str, float], totals: Mapping[str, float]) -> Choice:
    """Return which of a mention's areas is meant.

    The text as a whole speaks for some areas; a mention may still be of another ("towards Sidoarjo"), or of none.
    """
    meant = {code: math.exp(value) * (totals.get(code, 0.0) + _ELSEWHERE) for code, value in says.items()}
    none = math.exp(WEIGHTS.nowhere + mention.everyday / 2) * _NO_PLACE
    ranked = sorted(meant, key=lambda code: (-meant[code], code.count("."), code))
    together = sum(meant.values())
    probability = meant[ranked[0]] / (together + none)
    return Choice(
        ranked[0], round(min(max(probability, 0.0001), 0.99), 4), tuple(ranked[1:6]), together / (together + none)
    )
