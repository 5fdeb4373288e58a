"""Which area is meant: mentions, where they lie in one another, and what is known beforehand, weighed together.

First the regency or city: each mention speaks for those in which a candidate of it lies; home region and place
hint add to those that are mentioned at all. Then down the tree: a kecamatan carries its kelurahan, and the
answer stops at the level at which the probability is still good. The weights are log odds, set by hand and
checked on complaints with known places; a softmax over the alternatives makes them probabilities.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from nlp.areas import area_label, is_within
from nlp.components.places_belief import ROADS, any_large
from nlp.components.places_mentions import Mention, fits_kind
from nlp.components.places_words import load_words

ANSWER_MIN = 0.6
"""The answer is the deepest area at least this probable; within its regency `DESCENT_MIN` is enough."""

DESCENT_MIN = 0.5

_KECAMATAN, _KELURAHAN = 2, 3
_KEPT_NAMES = 1 << 12
_KEPT_TEXTS = 1 << 11
_ELSEWHERE = 0.02
_NO_PLACE = 0.1


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Log odds of each kind of evidence."""

    by_depth: tuple[float, float, float, float] = (1.5, 4.0, 2.8, 2.2)
    level_word: float = 1.6
    other_level: float = -2.5
    loose_level: float = -0.5
    everyday: float = -0.9
    cued: float = 0.3
    alone: Mapping[str, float] = field(  # one word, by its cue, of an area that nothing else speaks for
        default_factory=lambda: {"": -1.1, "capital": -0.8, "place": -0.5}
    )
    beside_regency: float = -1.5  # nor, said without a level, a village of a regency's name elsewhere
    beside_province: float = -2.0  # "Bali" is the province, not the village of that name
    context: Mapping[str, float] = field(  # factors
        default_factory=lambda: {"free": 1.0, "street": 0.9, "road": 0.9, "landmark": 1.0, "hollow": 0.8}
    )
    beside_kelurahan: float = 0.5  # factor for a road's name where a kelurahan is named as such
    again: float = 0.3  # factor for the second mention of the same name
    home_kabkota: float = 6.0
    home_provinsi: float = 4.0
    city_over_regency: float = 0.9
    city: float = 0.6  # more people live and post in cities than in the villages of the same name
    large_city: float = 0.6
    nowhere: float = 0.8
    unlisted: float = -1.6  # told the region, a far village's name rather is a place there that no list has
    parent: float = 0.9  # factor of what the parent's own name adds to a child
    stay: float = 1.7  # somewhere else in the regency: streets bear names of other kelurahan


WEIGHTS = Weights()


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The answer, if any, and the probability of every candidate of each mention."""

    code: str | None
    probability: float
    chosen: Mapping[int, tuple[str, float, tuple[str, ...]]]


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
    prior, weights = dict(known), WEIGHTS
    strengths = _strengths(mentions, weights, told=bool(prior))
    regencies = _regencies(strengths, prior, weights)
    nodes = _nodes(strengths, regencies, weights)
    totals = _roll_up(nodes)
    code, probability = _deepest(totals)
    if code is not None and _is_contested(code, mentions):
        code, probability = _deepest({other: p for other, p in totals.items() if len(other) < len(code)})
    if code is not None and len(code) == 2 and not _is_named(code, mentions, prior):
        # many weak candidates in one province add up to nothing
        code, probability = None, 0.0
    chosen = {
        index: _choose(mention, says, totals, weights)
        for index, (mention, says) in enumerate(zip(mentions, strengths, strict=True))
    }
    return Resolved(code=code, probability=probability, chosen=chosen)


def _is_contested(code: str, mentions: Sequence[Mention]) -> bool:
    """Whether a kelurahan that no level word announces stands beside another one of its regency."""
    if code.count(".") != _KELURAHAN or any(each.depth is not None and code in each.codes for each in mentions):
        return False
    kecamatan, regency = code[:8], code[:5]
    return any(
        any(is_within(other, regency) and other.count(".") == _KELURAHAN for other in each.codes)
        for each in mentions
        if code not in each.codes and kecamatan not in each.codes
    )


def _is_named(province: str, mentions: Sequence[Mention], prior: Mapping[str, float]) -> bool:
    return any(province in mention.codes for mention in mentions) or any(is_within(code, province) for code in prior)


def _strengths(mentions: Sequence[Mention], weights: Weights, *, told: bool) -> list[Mapping[str, float]]:
    """Return for each mention how much it says for each of its candidates."""
    seen: set[tuple[str, int | None]] = set()
    strengths: list[Mapping[str, float]] = []
    is_said = any(mention.depth == _KELURAHAN for mention in mentions)
    for mention in mentions:
        factor = weights.context[mention.context]
        if is_said and mention.context in ROADS and mention.depth is None:
            factor *= weights.beside_kelurahan
        if (mention.name, mention.depth) in seen:
            factor *= weights.again
        seen.add((mention.name, mention.depth))
        strengths.append(_all_says(mention, factor, told=told))
    return strengths


@lru_cache(_KEPT_NAMES)
def _all_says(mention: Mention, factor: float, *, told: bool) -> Mapping[str, float]:
    """Return how much a mention says for each candidate; it says the same for all that are alike, often hundreds."""
    weights = WEIGHTS
    if any_large(mention.codes) or mention.context in ROADS:
        return {code: factor * _says(mention, code, weights, told=told) for code in mention.codes}
    by_depth: dict[int, float] = {}
    says: dict[str, float] = {}
    for code in mention.codes:
        value = by_depth.get(len(code))
        if value is None:
            value = by_depth[len(code)] = factor * _says(mention, code, weights, told=told)
        says[code] = value
    return says


def _says(mention: Mention, code: str, weights: Weights, *, told: bool) -> float:
    depth = code.count(".")
    cued = mention.depth is not None or mention.cue != ""
    says = weights.by_depth[depth] + (weights.cued if cued else 0.0)
    if depth > 1 and mention.near == "far" and mention.depth is None and " " not in mention.name:
        says += weights.alone[mention.cue] + (weights.unlisted if told else 0.0)
    if depth > 1 and mention.depth is None and _at_depth(mention.codes, 0):
        says += weights.beside_province
    if depth > 1 and mention.depth is None and _is_namesake(mention, code):
        says += weights.beside_regency
    if mention.everyday >= 3.7 and depth > 1 and not cued:
        says += weights.everyday
    if mention.depth is not None:
        says += _level_says(mention, code, depth, weights)
    elif depth == 1 and area_label(code).startswith("Kota"):
        says += weights.city_over_regency
    if mention.context in ROADS and mention.depth is None and _is_elsewhere(mention, code, depth):
        return 0.0
    return max(says, 0.0)


@lru_cache(_KEPT_NAMES)
def _at_depth(codes: tuple[str, ...], depth: int) -> tuple[str, ...]:
    return tuple(code for code in codes if code.count(".") == depth)


def _is_namesake(mention: Mention, code: str) -> bool:
    """Whether a regency or city has this name, and the area lies in none of that name."""
    regencies = _at_depth(mention.codes, 1)
    return bool(regencies) and not any(is_within(code, regency) for regency in regencies)


def _is_elsewhere(mention: Mention, code: str, depth: int) -> bool:
    """Whether a road of this name lies elsewhere: "Jl. Semarang" is in every town but Semarang.

    A road of a name that a kecamatan shares with a kelurahan of it is called after the kelurahan.
    """
    if any_large(mention.codes):
        return True
    if depth == _KECAMATAN:
        return any(len(other) > len(code) and is_within(other, code) for other in mention.codes)
    return False


def _level_says(mention: Mention, code: str, depth: int, weights: Weights) -> float:
    if mention.depth == depth and fits_kind(code, mention.kind):
        return weights.level_word
    # "a kelurahan in Semarang" is often written "kelurahan Semarang"
    if depth == 1 and mention.depth in (2, 3):
        return weights.loose_level + (weights.city_over_regency if area_label(code).startswith("Kota") else 0.0)
    return weights.other_level


def _regencies(
    strengths: Sequence[Mapping[str, float]], prior: Mapping[str, float], weights: Weights
) -> dict[str, float]:
    """Return the probability of each regency or city; a province alone stands as itself."""
    scores: dict[str, float] = defaultdict(float)
    provinces: dict[str, float] = defaultdict(float)
    for says in strengths:
        best: dict[str, float] = {}
        for code, value in says.items():
            key = code[:5]
            best[key] = max(best.get(key, 0.0), value)
        for key, value in best.items():
            if len(key) == 2:
                provinces[key] += value
            else:
                scores[key] += value
    for province in provinces:
        scores.setdefault(province, 0.0)
    known = [(area[:5], odds) for area, odds in prior.items()]
    for key, score in scores.items():
        odds = [odds for area, odds in known if is_within(key, area)]
        scores[key] = score + provinces.get(key[:2], 0.0) + _size(key, weights) + (max(odds) if odds else 0.0)
    scores[""] = weights.nowhere
    return _softmax(scores)


def _size(regency: str, weights: Weights) -> float:
    """Return the log odds of a place by how many people there are; codes of cities start at 71."""
    if len(regency) < 5:
        return 0.0
    city = weights.city if regency[3:] >= "71" else 0.0
    return city + (weights.large_city if regency in load_words().large_cities else 0.0)


def _nodes(
    strengths: Sequence[Mapping[str, float]],
    regencies: Mapping[str, float],
    weights: Weights,
) -> dict[str, float]:
    """Return the probability of each area being the most specific one that is meant."""
    shared: dict[str, list[dict[str, float]]] = defaultdict(list)
    for says in strengths:
        for regency, within in _by_regency(says).items():
            shared[regency].append(_share(within))
    probabilities: dict[str, float] = {}
    for regency, probability in regencies.items():
        mentioned = shared.get(regency, [])
        scores = {regency: weights.stay}
        for code in dict.fromkeys(code for says in mentioned for code in says if len(code) > len(regency)):
            own = sum(says.get(code, 0.0) for says in mentioned)
            scores[code] = own + weights.parent * _parent_says(code, mentioned)
        for code, share in _softmax(scores).items():
            probabilities[code] = probability * share
    return probabilities


def _by_regency(says: Mapping[str, float]) -> dict[str, dict[str, float]]:
    grouped: dict[str, dict[str, float]] = defaultdict(dict)
    for code, value in says.items():
        if len(code) >= 5 and value > 0:
            grouped[code[:5]][code] = value
    return grouped


def _share(says: Mapping[str, float]) -> dict[str, float]:
    """Let a mention speak once: a name of a regency and of a kecamatan in it means one of the two."""
    if len(says) == 1:
        return dict(says)
    shares = _softmax(says)
    return {
        code: value * sum(share for inner, share in shares.items() if is_within(inner, code))
        for code, value in says.items()
    }


def _parent_says(code: str, mentioned: Sequence[Mapping[str, float]]) -> float:
    """Return what mentions say for a kelurahan's kecamatan beyond what they say for the kelurahan itself."""
    if code.count(".") != 3:
        return 0.0
    return sum(max(0.0, says.get(code[:8], 0.0) - says.get(code, 0.0)) for says in mentioned)


def _roll_up(nodes: Mapping[str, float]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for code, probability in nodes.items():
        parts = code.split(".") if code else []
        for depth in range(len(parts)):
            totals[".".join(parts[: depth + 1])] += probability
    return totals


def _deepest(totals: Mapping[str, float]) -> tuple[str | None, float]:
    sure = {code[:5] for code, probability in totals.items() if probability >= ANSWER_MIN and code.count(".") == 1}
    likely = [
        (code.count("."), probability, code)
        for code, probability in totals.items()
        if probability >= (DESCENT_MIN if code[:5] in sure else ANSWER_MIN)
    ]
    if not likely:
        return None, 0.0
    _, probability, code = max(likely)
    return code, min(probability, 0.99)


def _choose(
    mention: Mention, says: Mapping[str, float], totals: Mapping[str, float], weights: Weights
) -> tuple[str, float, tuple[str, ...]]:
    """Return a mention's best area, the probability that it is meant, and the next best ones.

    The text as a whole speaks for some areas; a mention may still be of another ("towards Sidoarjo"), or of none.
    """
    meant = {code: math.exp(value) * (totals.get(code, 0.0) + _ELSEWHERE) for code, value in says.items()}
    none = math.exp(weights.nowhere + mention.everyday / 2) * _NO_PLACE
    ranked = sorted(meant, key=lambda code: (-meant[code], code.count("."), code))
    probability = meant[ranked[0]] / (sum(meant.values()) + none)
    return ranked[0], round(min(probability, 0.99), 4), tuple(ranked[1:6])


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    if len(scores) == 1:
        return dict.fromkeys(scores, 1.0)
    raised = {code: math.exp(score - top) for code, score in scores.items()}
    whole = sum(raised.values())
    return {code: value / whole for code, value in raised.items()}
