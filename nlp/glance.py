"""A first look at a text, for the gate: what its words add up to, without cutting it anew and without offsets.

No word reaches across white space, so what is known of a stretch between blanks ("rusak,parah!!") is worked out once
and remembered: its tokens, their keys for the phrasebook, and one number in which its counts and weights stand side by
side. A text is then one split, one look-up, one sum and one pass of the automaton, all of them at C speed. Nobody asks
for stems: working one out takes as long as all the rest of what the gate wants to know of a new word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain, islice
from typing import NamedTuple

from nlp.components.language import codes, judge_language, language_words
from nlp.forms import word_key
from nlp.memory import Memory
from nlp.model import linear_model
from nlp.normalize import is_readable
from nlp.personal_data.find import holds_cue
from nlp.phrasebook import phrasebook
from nlp.wording import MASKS
from nlp.words import TOKEN, is_plain, is_word, visible_text
from sidak.models import Language

READ_PIECES = 300
"""The gate decides on the beginning of a text: what it is about stands there."""
WEIGHT_PARTS = 10_000
"""Weights are whole numbers of ten-thousandths, as in the model's file: their sum is the same in any order."""

_KEPT_PIECES = 1 << 16
_KEPT_TOKENS = 1 << 15
_KEPT_LANGUAGES = 1 << 12
_SINGLE_MARKS = ".,!?"
"""Each is a token of its own, whatever stands before it."""
_LINK = re.compile(r"https?://|\[URL\]")
_FIELD = 40
_MASK = (1 << _FIELD) - 1
_READABLE, _WORDS, _CAPITALS, _TAGS, _LINKS, _PERSONAL, _GATE, _STYLE, _LANGUAGES = (at * _FIELD for at in range(9))
# A field holds no negative number: each token's weights are shifted by this, and the sum shifted back.
_SHIFT = 1 << 20
_ONE_READABLE, _ONE_PERSONAL = 1 << _READABLE, 1 << _PERSONAL
_ONE_WORD = _ONE_READABLE + (1 << _WORDS)
_NO_WEIGHT = (_SHIFT << _GATE) + (_SHIFT << _STYLE)
# Weights of languages are halves, thirds, quarters ...: whole numbers of these parts.
_LANGUAGE_PARTS = 2520


class Piece(NamedTuple):
    """What stands between two blanks: its keys for the phrasebook, its tokens, and counts and weights in one number."""

    keys: str
    tokens: tuple[str, ...]
    numbers: int


class Glance(NamedTuple):
    """What the gate sees of the beginning of a text."""

    text: str
    tokens: tuple[str, ...]
    """Words and marks, with what names a person, a place or a number made alike (`nlp.wording.mask_tokens`)."""
    patterns: frozenset[int]
    """The distinct phrases of the phrasebook found in it."""
    readable: int
    """How many words, numbers and tags."""
    words: int
    capitals: int
    """How many words begin with a capital."""
    tags: int
    links: int
    may_be_personal: bool
    """Whether it may hold personal data; a text longer than what the gate reads may."""
    gate_weight: float
    """The sum of the tokens' weights in the gate's model."""
    style_weight: float
    """The sum of their weights in the model that tells letters from posts."""
    language: Language


def glance(text: str) -> Glance:
    """Look at the beginning of a text that `nlp.words.clean_text` returned."""
    cut = text.split(None, READ_PIECES)
    pieces = [*map(PIECES.__getitem__, cut[:READ_PIECES])]
    keys, tokens, numbers = zip(*pieces, strict=True) if pieces else ((), (), ())
    packed = sum(numbers)
    read = tuple(chain.from_iterable(tokens))
    hits = phrasebook().find("".join(keys).encode())
    return Glance(
        text,
        read,
        frozenset([pattern for _, _, pattern in hits]),
        packed & _MASK,
        packed >> _WORDS & _MASK,
        packed >> _CAPITALS & _MASK,
        packed >> _TAGS & _MASK,
        packed >> _LINKS & _MASK,
        len(cut) > READ_PIECES or packed >> _PERSONAL & _MASK > 0,
        ((packed >> _GATE & _MASK) - len(read) * _SHIFT) / WEIGHT_PARTS,
        ((packed >> _STYLE & _MASK) - len(read) * _SHIFT) / WEIGHT_PARTS,
        _language(packed >> _LANGUAGES),
    )


@lru_cache(_KEPT_LANGUAGES)
def _language(packed: int) -> Language:
    scores = {code: (packed >> at * _FIELD & _MASK) / _LANGUAGE_PARTS for at, code in enumerate(codes())}
    return judge_language({code: score for code, score in scores.items() if score})


def _look(piece: str) -> Piece:
    small = piece.lower()
    if is_plain(piece) and small != piece:  # key and weights know nothing of capitals
        keys, tokens, numbers = PIECES[small]
        return Piece(keys, tokens, numbers + ((piece[0] != small[0]) << _CAPITALS))
    if is_plain(piece):
        found = _look_at_token(piece)
    elif is_plain(word := piece.rstrip(_SINGLE_MARKS)) and word != "www":  # "rusak!!": cut without trying every rule
        return _join([PIECES[word], *map(_TOKENS.__getitem__, piece[len(word) :][: READ_PIECES - 1])])
    elif (seen := visible_text(piece)[0]) != piece:
        return PIECES[seen]
    else:
        found = _look_at_tokens(piece)
    return Piece(found.keys, found.tokens, found.numbers + _ONE_PERSONAL) if holds_cue(piece) else found


def _look_at_tokens(piece: str) -> Piece:
    links = len(_LINK.findall(piece)) if ":" in piece or "[" in piece else 0
    tokens = [match.group() for match in islice(TOKEN.finditer(piece), READ_PIECES)]
    return _join([PIECES[token] if is_plain(token) else _TOKENS[token] for token in tokens], links=links)


def _join(found: Sequence[Piece], *, links: int = 0) -> Piece:
    return Piece(
        "".join([each.keys for each in found]),
        tuple([token for each in found for token in each.tokens]),
        sum([each.numbers for each in found], links << _LINKS),
    )


def _look_at_token(written: str) -> Piece:
    small = written.lower()
    same = small if written.isascii() else written
    token = MASKS[same]
    numbers = _token_weights().get(token, _NO_WEIGHT)
    if is_word(written):
        numbers += _ONE_WORD + (written[0].isupper() << _CAPITALS) + _language_weights().get(small, 0)
    elif is_readable(written):
        numbers += _ONE_READABLE + ((written[0] == "#") << _TAGS)
    return Piece(word_key(same), (token,), numbers)


@cache
def _token_weights() -> dict[str, int]:
    """Return what tokens weigh in the two models, both in one number; unknown ones weigh `_NO_WEIGHT`."""
    weights: dict[str, int] = {}
    for model, field in (("gate", _GATE), ("gate_style", _STYLE)):
        for name, weight in linear_model(model).weights.items():
            if name.startswith("u:"):
                token = name[2:]
                weights[token] = weights.get(token, _NO_WEIGHT) + (round(weight * WEIGHT_PARTS) << field)
    return weights


@cache
def _language_weights() -> dict[str, int]:
    return {
        word: sum(round(weight * _LANGUAGE_PARTS) << _LANGUAGES + codes().index(code) * _FIELD for code, weight in each)
        for word, each in language_words().items()
    }


_TOKENS = Memory(_look_at_token, most=_KEPT_TOKENS)
"""Tokens with marks, digits or letters beyond a to z; the others are pieces as well."""
PIECES = Memory(_look, most=_KEPT_PIECES)
"""The one memory of a process of what stands between blanks."""
