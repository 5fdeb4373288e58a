"""The words of a text as names are made of: where they stand, whether they begin with a capital, what ties them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from nlp.cutting import Cutter
from nlp.frequency import zipf
from nlp.normalize import match_form
from nlp.places.tokens import is_mixed_case
from nlp.words import is_plain

NAME_TIE = re.compile(r"[ \t\u00a0]{1,2}|\.[ \t]?|-")
"""Between the words of a name."""
LABEL_TIE = re.compile(r"[ \t]{0,3}[:=][ \t]{0,3}")
"""Between a label and the name that it announces."""
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")
_KEPT_PIECES = 1 << 14


def _cut(piece: str) -> Iterable[tuple[str, int, int]]:
    if is_plain(piece):
        return ((piece.lower(), 0, len(piece)),)
    return ((match.group().lower(), *match.span()) for match in _WORD.finditer(piece))


_CUTTER = Cutter(_cut, most=_KEPT_PIECES)


class NameText:
    """The words of one text: `keys` in small letters, and where they start and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys, self.starts, self.ends = _CUTTER.cut(text)

    @cached_property
    def mixed(self) -> bool:
        """Whether capitals mean something in this text."""
        return is_mixed_case(self.text)

    def ties(self, at: int, tie: re.Pattern[str]) -> bool:
        """Tell whether nothing but a tie stands between word `at` and the word before it."""
        if not 0 < at < len(self.keys):
            return False
        return bool(tie.fullmatch(self.text, self.ends[at - 1], self.starts[at]))

    def is_capital(self, at: int) -> bool:
        """Tell whether word `at` is there and begins with a capital."""
        return at < len(self.keys) and self.text[self.starts[at]].isupper()

    def written(self, at: int) -> str:
        """Return word `at` as it is written."""
        return self.text[self.starts[at] : self.ends[at]]


@lru_cache(8192)
def commonness(key: str) -> float:
    """Return how common a word is in its own spelling or in the standard one ("nagih": menagih), as a Zipf value."""
    return max(zipf(key), *map(zipf, match_form(key).split(" ")))
