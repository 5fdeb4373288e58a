"""What the linear models look at: stems for the gate; stems, cues and category points for relevance."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from nlp.components.category_points import Points
from nlp.components.signals import Signal
from nlp.lexicon import CATEGORY_LABELS
from nlp.linear import LinearModel
from nlp.normalize import stem_word
from nlp.words import is_word, iter_words

WORD_SCALE = 0.5
"""Words weigh half in relevance: what the lexicons and places say should count more under regularisation."""
READ_WORDS = 300
"""The gate decides on the beginning of a text: what it is about stands there."""

_CAPS = {"NEWS": 4, "OFFICIAL": 4, "POLITICS": 4, "FIGURATIVE": 3, "REQUEST": 4, "FIRST": 4, "PLACE": 5}
_NO_CUES = frozenset({*CATEGORY_LABELS, "NEG", "BESIDE", "COLLUSION"})
_DEFAULT_CAP = 2
_LINK = re.compile(r"https?://|\[URL\]")


def word_features(text: str) -> dict[str, float]:
    """Return the distinct stems of a text, each weighing one over the root of their number."""
    stems: set[str] = set()
    for index, (word, _, _) in enumerate(iter_words(text)):
        if index >= READ_WORDS:
            break
        if is_word(word):
            stems.add(stem_word(word))
    weight = 1.0 / math.sqrt(max(len(stems), 1))
    return {f"w:{stem}": weight for stem in sorted(stems)}


def relevance_features(
    text: str,
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
    words = word_features(text)
    features = {name: value * WORD_SCALE for name, value in words.items()}
    features["style:letter"] = style.probability(words)
    features.update(_cue_features(signals))
    features.update(_form_features(text))
    best = points[0].value if points else 0.0
    features["points:some"] = float(best >= 1.5)
    features["points:best"] = min(best, 6.0) / 6.0
    features["place:placed"] = float(placed)
    features["place:road"] = float(roads > 0)
    features["place:area"] = float(areas > 0)
    features["points+place"] = float(best >= 1.5 and (placed or roads > 0 or areas > 0))
    features["points+request"] = float(best >= 1.5 and features.get("cue:REQUEST", 0.0) > 0)
    features["points+first"] = float(best >= 1.5 and features.get("cue:FIRST", 0.0) > 0)
    return {name: value for name, value in features.items() if value}


def _cue_features(signals: Iterable[Signal]) -> dict[str, float]:
    counts = Counter(each.label for each in signals if each.label not in _NO_CUES)
    return {
        f"cue:{label}": min(count, _CAPS.get(label, _DEFAULT_CAP)) / _CAPS.get(label, _DEFAULT_CAP)
        for label, count in counts.items()
    }


def _form_features(text: str) -> dict[str, float]:
    head = text[:2000]
    words = [word for word, _, _ in iter_words(head) if is_word(word)]
    capitals = sum(1 for word in words if word[0].isupper())
    return {
        "form:link": float(_LINK.search(head) is not None),
        "form:question": float("?" in head),
        "form:exclamation": float("!" in head),
        "form:quote": float('"' in head or "“" in head),
        "form:headline": float(len(words) >= 5 and capitals / max(len(words), 1) > 0.7 and not head.isupper()),
        "form:short": float(len(words) < 6),
        "form:long": min(len(words), 60) / 60,
    }
