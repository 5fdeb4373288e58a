"""Changes to a text that leave its meaning as it is, for tests of invariance (nlp/evaluation/phenomena.py)."""

from __future__ import annotations

import re
from collections.abc import Callable

_WORD = re.compile(r"[A-Za-z]{5,}")
_MARK = re.compile(r"[.,!?;:]")
_DIGITS = {"a": "4", "e": "3", "i": "1", "o": "0"}
CHANGED_WORDS = 2
"""This many of the longest words are changed."""


def _capitals(text: str) -> str:
    return text.upper()


def _lower(text: str) -> str:
    return _MARK.sub("", text).lower()


def _marks(text: str) -> str:
    return f"{text}!!! 😭🙏🏻"


def _mention(text: str) -> str:
    return f"@akunwarga @kabarkota {text} https://contoh.example/foto"


def _drawn_out(text: str) -> str:
    return _change_longest(text, lambda word: word + word[-1] * 3)


def _digits(text: str) -> str:
    return _change_longest(text, _with_digit)


def _typo(text: str) -> str:
    return _change_longest(text, lambda word: word[:2] + word[3] + word[2] + word[4:])


def _with_digit(word: str) -> str:
    for index in range(1, len(word)):
        digit = _DIGITS.get(word[index].lower())
        if digit is not None:
            return word[:index] + digit + word[index + 1 :]
    return word


def _change_longest(text: str, change: Callable[[str], str]) -> str:
    found = sorted(_WORD.finditer(text), key=lambda match: (-len(match[0]), match.start()))[:CHANGED_WORDS]
    for match in sorted(found, key=lambda each: -each.start()):
        text = text[: match.start()] + change(match[0]) + text[match.end() :]
    return text


CHANGES: dict[str, Callable[[str], str]] = {
    "capitals": _capitals,
    "lower": _lower,
    "marks": _marks,
    "mention": _mention,
    "drawn_out": _drawn_out,
    "digits": _digits,
    "typo": _typo,
}
"""Each change by the name that a file of phenomena gives it."""
