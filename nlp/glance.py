"""A first look at a text, for the gate: what its words add up to, without cutting it anew and without offsets.

No word reaches across white space, so what is known of a stretch between blanks ("rusak,parah!!") is worked out once
and remembered: its forms for the phrasebook, and one number in which its counts and weights stand side by side. A text
is then one split, one look-up, one sum and one pass of the automaton, all of them at C speed.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from nlp.components.language import codes, judge_language, word_weights
from nlp.components.personal_data import holds_cue
from nlp.forms import FORMS, Form
from nlp.memory import Memory
from nlp.model import linear_model
from nlp.phrasebook import phrasebook
from nlp.words import TOKEN, is_plain
from sidak.models import Language

READ_PIECES = 300
"""The gate decides on the beginning of a text: what it is about stands there."""
WEIGHT_PARTS = 10_000
"""Weights are whole numbers of ten-thousandths, as in the model's file: their sum is the same in any order."""

_KEPT_PIECES = 1 << 16
_KEPT_LANGUAGES = 1 << 12
_LINK = re.compile(r"https?://|\[URL\]")
_FIELD = 40
_MASK = (1 << _FIELD) - 1
_READABLE, _WORDS, _CAPITALS, _TAGS, _LINKS, _ASKING, _PERSONAL, _GATE, _STYLE, _LANGUAGES = (
    at * _FIELD for at in range(10)
)
# A field holds no negative number: each word's weights are shifted by this, and the sum shifted back.
_SHIFT = 1 << 20
# Weights of languages are halves, thirds, quarters ...: whole numbers of these parts.
_LANGUAGE_PARTS = 2520


class Piece(NamedTuple):
    """What stands between two blanks: its forms for the phrasebook, and counts and weights in one number."""

    keys: str
    numbers: int


class Glance(NamedTuple):
    """What the gate sees of the beginning of a text."""

    text: str
    patterns: frozenset[int]
    """The distinct phrases of the phrasebook found in it."""
    readable: int
    """How many words, numbers and tags."""
    words: int
    capitals: int
    """How many words begin with a capital."""
    tags: int
    links: int
    asking: int
    """How many words of asking for money and giving it."""
    may_be_personal: bool
    """Whether it may hold personal data; a text longer than what the gate reads may."""
    gate_weight: float
    """The sum of the words' weights in the gate's model."""
    style_weight: float
    """The sum of their weights in the model that tells letters from posts."""
    language: Language


def glance(text: str) -> Glance:
    """Look at the beginning of a text that `nlp.words.clean_text` returned."""
    cut = text.split(None, READ_PIECES)
    pieces = [*map(PIECES.__getitem__, cut[:READ_PIECES])]
    keys, numbers = zip(*pieces, strict=True) if pieces else ((), ())
    packed = sum(numbers)
    words = packed >> _WORDS & _MASK
    hits = phrasebook().find("".join(keys).encode())
    return Glance(
        text,
        frozenset([pattern for _, _, pattern in hits]),
        packed & _MASK,
        words,
        packed >> _CAPITALS & _MASK,
        packed >> _TAGS & _MASK,
        packed >> _LINKS & _MASK,
        packed >> _ASKING & _MASK,
        len(cut) > READ_PIECES or packed >> _PERSONAL & _MASK > 0,
        ((packed >> _GATE & _MASK) - words * _SHIFT) / WEIGHT_PARTS,
        ((packed >> _STYLE & _MASK) - words * _SHIFT) / WEIGHT_PARTS,
        _language(packed >> _LANGUAGES),
    )


def head_stems(text: str) -> list[str]:
    """Return the stems of the words that the gate reads."""
    pieces = text.split(None, READ_PIECES)[:READ_PIECES]
    return [form.stem for piece in pieces for form in _forms(piece) if form.is_word]


@lru_cache(_KEPT_LANGUAGES)
def _language(packed: int) -> Language:
    scores = {code: (packed >> at * _FIELD & _MASK) / _LANGUAGE_PARTS for at, code in enumerate(codes())}
    return judge_language({code: score for code, score in scores.items() if score})


def _look(piece: str) -> Piece:
    forms = _forms(piece)
    numbers = sum([_form_numbers(form) for form in forms]) + (holds_cue(piece) << _PERSONAL)
    if ":" in piece or "[" in piece:
        numbers += len(_LINK.findall(piece)) << _LINKS
    return Piece("".join([form.key for form in forms]), numbers)


def _form_numbers(form: Form) -> int:
    written = form.written
    numbers = (form.is_readable << _READABLE) + ((written[0] == "#" and len(written) > 1) << _TAGS)
    if not form.is_word:
        return numbers
    gate, style = _stem_weights()
    numbers += (
        (1 << _WORDS)
        + (written[0].isupper() << _CAPITALS)
        + ((form.stem in _asking()) << _ASKING)
        + (gate.get(form.stem, 0) + _SHIFT << _GATE)
        + (style.get(form.stem, 0) + _SHIFT << _STYLE)
    )
    for code, weight in word_weights(form.lower):
        numbers += round(weight * _LANGUAGE_PARTS) << _LANGUAGES + codes().index(code) * _FIELD
    return numbers


@cache
def _stem_weights() -> tuple[dict[str, int], dict[str, int]]:
    gate, style = (
        {name[2:]: round(weight * WEIGHT_PARTS) for name, weight in model.weights.items() if name.startswith("w:")}
        for model in (linear_model("gate"), linear_model("gate_style"))
    )
    return gate, style


@cache
def _asking() -> frozenset[str]:
    data = tomllib.loads(files("nlp").joinpath("data/gate.toml").read_text(encoding="utf-8"))
    return frozenset(data["asking"].split())


def _forms(piece: str) -> list[Form]:
    if is_plain(piece):
        return [FORMS[piece]]
    return [FORMS[match.group()] for match in islice(TOKEN.finditer(piece), READ_PIECES)]


PIECES = Memory(_look, most=_KEPT_PIECES)
"""The one memory of a process of what stands between blanks."""
