"""What the linear models look at: stems to tell letters from chatter; stems, cues and category points for relevance."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.components.category_points import Points
from nlp.components.signals import Signal
from nlp.lexicon import CATEGORY_LABELS
from nlp.linear import LinearModel
from nlp.reading import Reading
from nlp.style import style_features
from sidak.models import Location

PAIR_VALUE = 0.3
"""What a pair of words weighs in relevance; alone, words weigh by the length of the text."""
TEXT_START, TEXT_END = "<", ">"
READ_WORDS = 300
"""The gate decides on the beginning of a text: what it is about stands there."""
FORM_CHARACTERS = 2000
"""So much of a text shows what form it has: a headline, a letter, a post."""

_CAPS = {"NEWS": 4, "OFFICIAL": 4, "POLITICS": 4, "FIGURATIVE": 3, "REQUEST": 4, "FIRST": 4, "PLACE": 5}
_OF_RULES = (
    *("ASIDE", "BESIDE", "COLLUSION", "CREW", "HEARSAY", "IF", "KIN", "LACK", "NEG"),
    *("NOTICE", "SHOP", "TOLD", "USUAL", "WHEN", "WHITHER", "WORKS", "YET"),
)
"""Cues that rules alone read: each means little by itself."""
_NO_CUES = frozenset({*CATEGORY_LABELS, *_OF_RULES})
_DEFAULT_CAP = 2
_AGAINST = (
    *("cue:NEWS", "cue:OFFICIAL", "cue:POLITICS", "cue:HYPO", "cue:PAST", "cue:QUESTION", "cue:NEGATED", "cue:FIXED"),
    *("cue:APPLICATION", "cue:PRAISE", "cue:ADVERT", "cue:FIGURATIVE", "cue:ABROAD"),
)
"""Cues that speak against trouble here and now."""
_TROUBLE = 1.5
_TAG = re.compile(r"#\w")
_LINK = re.compile(r"https?://|\[URL\]")


def word_features(reading: Reading) -> dict[str, float]:
    """Return the distinct stems of a text, each weighing one over the root of their number."""
    return _weigh_stems(read_stems(reading))


def read_stems(reading: Reading) -> list[str]:
    """Return the stems of the first words of a text."""
    return [form.stem for form in reading.forms[:READ_WORDS] if form.is_word]


def _weigh_stems(stems: Iterable[str]) -> dict[str, float]:
    distinct = sorted(set(stems))
    weight = _word_value(distinct)
    return {f"w:{stem}": weight for stem in distinct}


def _word_value(distinct: Collection[str]) -> float:
    return 1.0 / math.sqrt(max(len(distinct), 1))


def _pairs(stems: Sequence[str]) -> Iterable[str]:
    """Return the pairs of neighbouring stems: "jalan rusak", and what a text begins and ends with."""
    return map(" ".join, pairwise((TEXT_START, *stems, TEXT_END)))


class Stems(NamedTuple):
    """The distinct stems of a text and the pairs of them, for all the models that look at them."""

    distinct: frozenset[str]
    alone: frozenset[str]
    """A short form may stand for two words: where both are a pair as well, they count as a pair and not as a word."""
    pairs: frozenset[str]

    @classmethod
    def of(cls, stems: Sequence[str]) -> Stems:
        """Return those of stems in the order of the text."""
        distinct, pairs = frozenset(stems), frozenset(_pairs(stems))
        return cls(distinct, distinct - pairs, pairs)


class StemWeights:
    """The words and pairs of a linear model, scored without naming each: what `LinearModel.score` makes of them."""

    def __init__(self, model: LinearModel) -> None:
        self._weights = {name[2:]: weight for name, weight in model.weights.items() if name[:2] == "w:"}

    def words(self, stems: Stems) -> float:
        """Return what `word_features` add."""
        return self._sum(stems.distinct) * _word_value(stems.distinct)

    def words_and_pairs(self, stems: Stems) -> float:
        """Return what the words and pairs among `relevance_features` add."""
        return self._sum(stems.alone) * _word_value(stems.distinct) + self._sum(stems.pairs) * PAIR_VALUE

    def _sum(self, names: Iterable[str]) -> float:
        return math.fsum(filter(None, map(self._weights.get, names)))  # the same in any order


def relevance_features(
    reading: Reading,
    *,
    signals: Sequence[Signal],
    points: Sequence[Points],
    location: Location,
    style: LinearModel,
) -> dict[str, float]:
    """Return what speaks for and against a first-hand report, as the model learns it."""
    stems = read_stems(reading)
    words = _weigh_stems(stems)
    pairs = {f"w:{pair}": PAIR_VALUE for pair in _pairs(stems)}
    letter = style.probability(style_features(words, reading))
    stated = stated_features(reading, signals=signals, points=points, location=location, letter=letter)
    return words | pairs | stated


def stated_features(
    reading: Reading, *, signals: Sequence[Signal], points: Sequence[Points], location: Location, letter: float
) -> dict[str, float]:
    """Return what speaks for and against a report besides its words; every value lies between 0 and 1.

    `letter` tells letters from chatter. It is a feature of its own, so that the weights of the words need not tell
    the polite letter from the tweet and are free to tell the report from the rest.
    """
    features = {"style:letter": letter}
    features.update(_cue_features(signals))
    features.update(_form_features(reading))
    best = points[0].value if points else 0.0
    types = {place.type for place in location.places}
    road, area = not types <= {"area"}, "area" in types
    features["points:some"] = float(best >= _TROUBLE)
    features["points:best"] = min(best, 6.0) / 6.0
    pinned = _is_pinned(location, road=road)
    features["place:placed"] = float(pinned)
    features["place:road"] = float(road)
    features["place:area"] = float(area)
    features["points+place"] = float(best >= _TROUBLE and (pinned or road or area))
    features["points+request"] = float(best >= _TROUBLE and features.get("cue:REQUEST", 0.0) > 0)
    features["points+first"] = float(best >= _TROUBLE and features.get("cue:FIRST", 0.0) > 0)
    features.update(_together(features, best=best))
    return {name: value for name, value in features.items() if value}


def _is_pinned(location: Location, *, road: bool) -> bool:
    """Tell whether a spot is known: a kelurahan, or a road or landmark whose town or district is known."""
    area = location.area
    return area is not None and (area.level == "kelurahan" or (road and area.level != "provinsi"))


def _together(features: dict[str, float], *, best: float) -> dict[str, float]:
    """Return trouble together with the form of the post: a headline names trouble too, but nobody suffers it there."""
    if best < _TROUBLE:
        return {}
    forms = ("form:link", "form:tags", "form:headline", "form:mention", "form:lower", "form:short", "form:question")
    return {f"points+{name}": features[name] for name in (*forms, *_AGAINST) if features.get(name)}


def _cue_features(signals: Iterable[Signal]) -> dict[str, float]:
    counts = Counter(each.label for each in signals if each.label not in _NO_CUES)
    return {
        f"cue:{label}": min(count, _CAPS.get(label, _DEFAULT_CAP)) / _CAPS.get(label, _DEFAULT_CAP)
        for label, count in counts.items()
    }


def _form_features(reading: Reading) -> dict[str, float]:
    head = reading.text[:FORM_CHARACTERS]
    forms = reading.forms[: bisect_left(reading.starts, FORM_CHARACTERS)]
    words = [form.written for form in forms if form.is_word]
    capitals = sum(1 for word in words if word[0].isupper())
    return {
        "form:link": float(_LINK.search(head) is not None),
        "form:mention": float(head.lstrip().startswith("@")),
        "form:tags": min(len(_TAG.findall(head)), 3) / 3,
        "form:lower": float(capitals == 0),
        "form:question": float("?" in head),
        "form:exclamation": float("!" in head),
        "form:quote": float('"' in head or "“" in head),
        "form:headline": float(len(words) >= 5 and capitals / max(len(words), 1) > 0.7 and not head.isupper()),
        "form:short": float(len(words) < 6),
        "form:long": min(len(words), 60) / 60,
    }
