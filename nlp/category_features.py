"""What the category model looks at: words, pairs of words, what is asked for, parts of words, and the lexicons' points.

Every feature of a word depends on the word alone, so that its weights are summed up once for each form and kept.
Words with pairs, and parts of words, are two halves; each is divided by its length, as TF-IDF does (Salton 1988).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from nlp.components.category_points import Points
from nlp.components.signals import Signal
from nlp.forms import FORMS
from nlp.word_parts import hash_many, hash_parts
from nlp.words import is_word, iter_words

READ_WORDS = 300
"""What a text is about stands in its beginning; the lexicons read all of it."""
ASKED_REACH = 5
"""What is asked for stands at most this many words after the asking: "mohon perbaikan jalan"."""

_MOST_POINTS = 6.0
_LARGE_SUM = 4
"""Numbers of this many digits are sums of money more often than not."""
_CUES = frozenset({"ACTOR", "OFFICE", "PRIVATE", "COLLUSION"})
_ASKING = frozenset(
    {"mohon", "minta", "tolong", "bantu", "aju", "ajukan", "usul", "lapor", "adu", "keluh", "perlu", "butuh", "harap"}
)
_CACHED_FORMS = 1 << 16


class Form(NamedTuple):
    """What is looked up for one written form: keys of words, buckets of its parts, and the stem pairs are made of."""

    keys: tuple[str, ...]
    buckets: tuple[int, ...]
    stem: str


class Reading(NamedTuple):
    """The features of a text: its distinct forms, its pairs of stems with what is asked for, and hints."""

    forms: tuple[Form, ...]
    pairs: frozenset[str]
    hints: dict[str, float]


def read_text(text: str, *, points: Sequence[Points], signals: Iterable[Signal], sums: int) -> Reading:
    """Return all features of a text, as training sees them."""
    forms = [read_form(word) for word in read_words(text)]
    return Reading(
        forms=tuple(dict.fromkeys(forms)),
        pairs=frozenset(pair_keys([form.stem for form in forms])),
        hints=hint_features(points, signals, sums=sums),
    )


def read_words(text: str) -> list[str]:
    """Return the first words and numbers of a text as they are written."""
    words: list[str] = []
    for token, _, _ in iter_words(text):
        if is_counted(token):
            words.append(token)
            if len(words) == READ_WORDS:
                break
    return words


def is_counted(token: str) -> bool:
    """Tell words and numbers, which the model looks at, from marks, links and mentions."""
    return is_word(token) or token[0].isdecimal()


def is_asking(stem: str) -> bool:
    """Tell the words after which the writer says what is wanted."""
    return stem in _ASKING


@lru_cache(_CACHED_FORMS)
def read_form(word: str) -> Form:
    """Return the features of one token; of a number only whether it is large."""
    return _form(word, () if word[0].isdecimal() else hash_parts(FORMS[word].match))


def read_forms(words: Sequence[str]) -> list[Form]:
    """Return what `read_form` returns of each token, with less work for many of them."""
    matches = ["" if word[0].isdecimal() else FORMS[word].match for word in words]
    return list(map(_form, words, hash_many(matches)))


def _form(word: str, buckets: tuple[int, ...]) -> Form:
    if word[0].isdecimal():
        stem = "##" if sum(map(str.isdecimal, word)) >= _LARGE_SUM else "#"
        return Form((f"w:{stem}",), (), stem)
    # Some short forms stand for two words; pairs are written with a blank between their halves.
    form = FORMS[word]
    stem, normal = form.stem.replace(" ", "_"), form.normal.replace(" ", "_")
    keys = (f"w:{stem}",) if stem == normal else (f"w:{stem}", f"n:{normal}")
    return Form(keys, buckets, stem)


def pair_keys(stems: Sequence[str]) -> Iterator[str]:
    """Yield the keys of neighbouring stems, and of the stems that follow an asking."""
    left_over = 0
    for stem in stems:
        if stem in _ASKING:
            left_over = ASKED_REACH
        elif left_over:
            left_over -= 1
            yield f"r:{stem}"
    for left, right in pairwise(stems):
        yield f"p:{left} {right}"


def hint_features(points: Sequence[Points], signals: Iterable[Signal], *, sums: int) -> dict[str, float]:
    """Return what lexicons and amounts say: each category's points, the best one, who is named, and money."""
    found = {f"l:{each.category}": min(each.value, _MOST_POINTS) / _MOST_POINTS for each in points}
    if points:
        found[f"b:{points[0].category}"] = 1.0
    found |= {f"c:{label}": 1.0 for label in _CUES.intersection([each.label for each in signals])}
    if sums:
        found["c:SUM"] = 1.0
    return found
