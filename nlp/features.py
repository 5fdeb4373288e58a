"""What the linear models look at: stems for the gate; stems, cues and category points for relevance."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from nlp.components.category_points import Points
from nlp.components.signals import Signal
from nlp.lexicon import CATEGORY_LABELS
from nlp.linear import LinearModel
from nlp.reading import Reading
from nlp.style import style_features

PAIR_VALUE = 0.3
"""What a pair of words weighs in relevance; alone, words weigh by the length of the text."""
TEXT_START, TEXT_END = "<", ">"
READ_WORDS = 300
"""The gate decides on the beginning of a text: what it is about stands there."""
FORM_CHARACTERS = 2000
"""So much of a text shows what form it has: a headline, a letter, a post."""

_CAPS = {"NEWS": 4, "OFFICIAL": 4, "POLITICS": 4, "FIGURATIVE": 3, "REQUEST": 4, "FIRST": 4, "PLACE": 5}
_NO_CUES = frozenset({*CATEGORY_LABELS, "NEG", "BESIDE", "COLLUSION"})
_DEFAULT_CAP = 2
_TROUBLE = 1.5
_TAG = re.compile(r"#\w")
_LINK = re.compile(r"https?://|\[URL\]")


def word_features(reading: Reading) -> dict[str, float]:
    """Return the distinct stems of a text, each weighing one over the root of their number."""
    return _weigh_stems(_read_stems(reading))


def _read_stems(reading: Reading) -> list[str]:
    return [form.stem for form in reading.forms[:READ_WORDS] if form.is_word]


def _weigh_stems(stems: Iterable[str]) -> dict[str, float]:
    distinct = sorted(set(stems))
    weight = 1.0 / math.sqrt(max(len(distinct), 1))
    return {f"w:{stem}": weight for stem in distinct}


def _pair_features(stems: Sequence[str]) -> dict[str, float]:
    """Return the pairs of neighbouring stems: "jalan rusak", and what a text begins and ends with."""
    framed = [TEXT_START, *stems, TEXT_END]
    return {f"w:{left} {right}": PAIR_VALUE for left, right in pairwise(framed)}


def relevance_features(
    reading: Reading,
    *,
    signals: Sequence[Signal],
    points: Sequence[Points],
    placed: bool,
    roads: int,
    areas: int,
    style: LinearModel,
) -> dict[str, float]:
    """Return what speaks for and against a first-hand report; every value lies between 0 and 1.

    `style` tells letters from chatter. It is a feature of its own, so that the weights of the words need not tell
    the polite letter from the tweet and are free to tell the report from the rest.
    """
    stems = _read_stems(reading)
    words = _weigh_stems(stems)
    features = words | _pair_features(stems)
    features["style:letter"] = style.probability(style_features(words, reading))
    features.update(_cue_features(signals))
    features.update(_form_features(reading))
    best = points[0].value if points else 0.0
    features["points:some"] = float(best >= _TROUBLE)
    features["points:best"] = min(best, 6.0) / 6.0
    features["place:placed"] = float(placed)
    features["place:road"] = float(roads > 0)
    features["place:area"] = float(areas > 0)
    features["points+place"] = float(best >= _TROUBLE and (placed or roads > 0 or areas > 0))
    features["points+request"] = float(best >= _TROUBLE and features.get("cue:REQUEST", 0.0) > 0)
    features["points+first"] = float(best >= _TROUBLE and features.get("cue:FIRST", 0.0) > 0)
    features.update(_together(features, best=best))
    return {name: value for name, value in features.items() if value}


def _together(features: dict[str, float], *, best: float) -> dict[str, float]:
    """Return trouble together with the form of the post: a headline names trouble too, but nobody suffers it there."""
    if best < _TROUBLE:
        return {}
    forms = ("form:link", "form:tags", "form:headline", "form:mention", "form:lower", "form:short", "form:question")
    cues = ("cue:NEWS", "cue:OFFICIAL", "cue:POLITICS", "cue:HYPO", "cue:PAST")
    return {f"points+{name}": features[name] for name in (*forms, *cues) if features.get(name)}


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
