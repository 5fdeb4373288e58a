"""Down the tree of areas: regencies first, then what in each is meant, and the deepest area that is sure enough."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from nlp.areas import is_in_city, is_within
from nlp.places.weights import WEIGHTS
from nlp.places.words import load_words

ANSWER_MIN = 0.6
"""The answer is the deepest area at least this probable; within its regency `DESCENT_MIN` is enough."""

DESCENT_MIN = 0.5


def regencies_of(strengths: Sequence[Mapping[str, float]], prior: Mapping[str, float]) -> dict[str, float]:
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
        scores[key] = score + provinces.get(key[:2], 0.0) + _size(key) + (max(odds) if odds else 0.0)
    scores[""] = WEIGHTS.nowhere
    return _softmax(scores)


def _size(regency: str) -> float:
    """Return the log odds of a place by how many people there are."""
    if len(regency) < 5:
        return 0.0
    city = WEIGHTS.city if is_in_city(regency) else 0.0
    return city + (WEIGHTS.large_city if regency in load_words().large_cities else 0.0)


def nodes_of(strengths: Sequence[Mapping[str, float]], regencies: Mapping[str, float]) -> dict[str, float]:
    """Return the probability of each area being the most specific one that is meant."""
    shared: dict[str, list[dict[str, float]]] = defaultdict(list)
    for says in strengths:
        for regency, within in _by_regency(says).items():
            shared[regency].append(_share(within))
    probabilities: dict[str, float] = {}
    for regency, probability in regencies.items():
        mentioned = shared.get(regency, [])
        scores = {regency: WEIGHTS.stay}
        for code in dict.fromkeys(code for says in mentioned for code in says if len(code) > len(regency)):
            own = sum(says.get(code, 0.0) for says in mentioned)
            scores[code] = own + WEIGHTS.parent * _parent_says(code, mentioned)
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


def roll_up(nodes: Mapping[str, float]) -> dict[str, float]:
    """Return the probability of each area, all that lies in it included."""
    totals: dict[str, float] = defaultdict(float)
    for code, probability in nodes.items():
        parts = code.split(".") if code else []
        for depth in range(len(parts)):
            totals[".".join(parts[: depth + 1])] += probability
    return totals


def deepest(totals: Mapping[str, float]) -> tuple[str | None, float]:
    """Return the deepest area that is probable enough, and its probability."""
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


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    if len(scores) == 1:
        return dict.fromkeys(scores, 1.0)
    raised = {code: math.exp(score - top) for code, score in scores.items()}
    whole = sum(raised.values())
    return {code: value / whole for code, value in raised.items()}
