"""Cuts text into words: one regular expression, linear in the text, offsets kept.

Everything that reads words (spaCy's Doc, the gate, search stems) cuts them here, so that all agree on what a word is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""Characters that hide inside words: soft hyphens, zero-width spaces, bidirectional marks."""

_WORD = rf"[^\W\d_][\w{INVISIBLE}\u0300-\u036f]*(?:[-'’][^\W_][\w{INVISIBLE}\u0300-\u036f]*)*"
TOKEN = re.compile(rf"https?://\S+|www\.\S+|[@#]\w+|{_WORD}|\d+(?:[.,]\d+)*|\S")
_KEPT_CHARACTERS = 2000
_KEPT_TEXTS = 256
"""The steps of the pipeline ask for the words of one text one after the other: the last few short ones are kept cut."""
_LINK_STARTS = ("http://", "https://", "www.")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_HIDDEN = re.compile(rf"(?<=\w)[{INVISIBLE}]+|(?<![{INVISIBLE}])[{INVISIBLE}]+(?=\w)")
"""What hides within a word or at its edges; what joins the parts of an emoji stays."""


def clean_text(text: str) -> str:
    """Replace what no UTF-8 store accepts (lone surrogates, null) by U+FFFD, one for one: offsets stay."""
    return text if text.isascii() and "\x00" not in text else _UNSTORABLE.sub("\ufffd", text)


def iter_words(text: str) -> Iterable[tuple[str, int, int]]:
    """Return each token with its offsets in the text, end exclusive; long texts are cut as far as they are read."""
    return _cut(text) if len(text) <= _KEPT_CHARACTERS else _iter(text)


def _iter(text: str) -> Iterator[tuple[str, int, int]]:
    seen, places = visible_text(text)
    for match in TOKEN.finditer(seen):
        start, end = match.span()
        yield (match.group(), start, end) if places is None else (match.group(), places[start], places[end - 1] + 1)


def visible_text(text: str) -> tuple[str, Sequence[int] | None]:
    """Return a text without what hides in its words, and where each character stood; None where nothing has moved."""
    return (text, None) if text.isascii() else leave_out(_HIDDEN, text)


def leave_out(hidden: re.Pattern[str], text: str) -> tuple[str, Sequence[int] | None]:
    """Return a text without what a pattern finds, and where each character stood; None where nothing has moved."""
    if hidden.search(text) is None:
        return text, None
    places: list[int] = []
    end = 0
    for match in hidden.finditer(text):
        places.extend(range(end, match.start()))
        end = match.end()
    places.extend(range(end, len(text)))
    return "".join([text[at] for at in places]), places


@lru_cache(_KEPT_TEXTS)
def _cut(text: str) -> tuple[tuple[str, int, int], ...]:
    return tuple(_iter(text))


def is_plain(piece: str) -> bool:
    """Tell the pieces that every rule cuts as one word: the letters a to z, and nothing else. Most are."""
    return piece.isascii() and piece.isalpha()


def is_word(token: str) -> bool:
    """Tell words from numbers, marks, links and mentions."""
    first = token[0]
    return first.isalpha() and (first not in "hw" or not token.startswith(_LINK_STARTS))
