"""A cheap look at a text before any detector reads it: its words in small letters, and how many digits it holds."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_ONLY_LETTERS = bytes(byte if byte in _LETTERS else 0x20 for byte in range(256))
_DIGITS = b"0123456789"
_DIGIT = re.compile(r"\d")
_KEPT_TEXTS = 4
"""The detectors look at one text one after the other."""


class Look(NamedTuple):
    """The words of a text as bytes, letters a to z only, and how many digits of any script it holds."""

    keys: frozenset[bytes]
    digits: int


@lru_cache(_KEPT_TEXTS)
def words_of(text: str) -> Look:
    """Return what a text holds; a word with other letters is cut at them, so that a cue may be seen too often."""
    plain = _encode(text)
    digits = len(plain) - len(plain.translate(None, _DIGITS)) if text.isascii() else len(_DIGIT.findall(text))
    return Look(frozenset(_split(plain)), digits)


def split_letters(text: str) -> list[bytes]:
    """Return the words of a text alone, of a piece of it that is not worth remembering."""
    return _split(_encode(text))


def _encode(text: str) -> bytes:
    return text.lower().encode("latin-1", "replace")


def _split(plain: bytes) -> list[bytes]:
    return plain.translate(_ONLY_LETTERS).split()
