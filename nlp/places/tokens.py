"""Words of a text with their exact offsets, folded for comparison with names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from nlp.areas import fold
from nlp.cutting import Cutter
from nlp.memory import kept
from nlp.places.words import load_words
from nlp.words import is_plain

# A word of letters, or a number: "RW11" gives "rw" and "11", so that glued forms meet the same rules.
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*|\d+")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]")
_HUMPS = re.compile(r"[^\W\d_]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])")
_TAG_NAME_MIN = 4
_TIES = frozenset(" .-\t\u00a0'’")
_KEPT_PIECES = 1 << 15
_CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = _CAPITALS.lower()

MAX_CHARS = 20_000
"""Places are looked for in this many leading characters; what a post is about stands early, and work stays bounded."""


@dataclass(frozen=True)
class Tokens:
    """Parallel lists: the folded words and where each starts and ends in `text`."""

    text: str
    keys: list[str]
    starts: list[int]
    ends: list[int]

    @cached_property
    def haystack(self) -> bytes:
        """The words, each between two control bytes, for automata that match whole words."""
        return "".join(f"\x02{key}\x01" for key in self.keys).encode()

    @cached_property
    def at_byte(self) -> dict[int, int]:
        """Which word starts at a byte of the haystack; its end counts as one more word."""
        lengths = (
            map(len, self.keys) if len(self.haystack) == self._characters else (len(k.encode()) for k in self.keys)
        )
        return {byte: at for at, byte in enumerate(accumulate((length + 2 for length in lengths), initial=0))}

    @property
    def _characters(self) -> int:
        return sum(map(len, self.keys)) + 2 * len(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, at: int) -> str:
        """Return the word at a position, "" outside of the text."""
        return self.keys[at] if 0 <= at < len(self.keys) else ""

    def tied(self, at: int) -> bool:
        """Whether a word and the next stand together: only blanks, dots or hyphens between them."""
        if not 0 <= at < len(self.keys) - 1:
            return False
        start, end = self.ends[at], self.starts[at + 1]
        return end - start <= 4 and ((gap := self.text[start:end]) == " " or _TIES.issuperset(gap))

    def slashed(self, at: int) -> bool:
        """Whether a number and the next have a slash between them: "9/10"."""
        return self.gap(at) == "/" and self.keys[at].isdigit() and self.keys[at + 1].isdigit()

    def near(self, at: int) -> bool:
        """Whether a word and the next stand on one line with little between them (":" and "," allowed)."""
        if not 0 <= at < len(self.keys) - 1:
            return False
        start, end = self.ends[at], self.starts[at + 1]
        return end - start <= 4 and "\n" not in self.text[start:end]

    def gap(self, at: int) -> str:
        """Return what stands between a word and the next."""
        return self.text[self.ends[at] : self.starts[at + 1]] if 0 <= at < len(self.keys) - 1 else ""

    def run(self, first: int, last: int) -> bool:
        """Whether the words from `first` to before `last` all stand together."""
        return all(self.tied(at) for at in range(first, last - 1))

    def capital(self, at: int) -> bool:
        """Whether a word starts with a capital."""
        return self.text[self.starts[at]].isupper()


@kept
def split_words(text: str) -> Tokens:
    """Split the leading part of a text into words."""
    return Tokens(text, *_CUTTER.cut(text[:MAX_CHARS]))


def _cut(piece: str) -> Iterator[tuple[str, int, int]]:
    """Yield the folded words of what stands between two blanks, and where they stand; a tag's words apart."""
    if is_plain(piece):
        yield piece.lower(), 0, len(piece)
        return
    for match in _WORD.finditer(piece):
        word, (start, end) = match.group(), match.span()
        tagged = start > 0 and piece[start - 1] == "#"
        for first, last in _tag_pieces(word) if tagged else ((0, end - start),):
            yield fold(word[first:last]), start + first, start + last


_CUTTER = Cutter(_cut, most=_KEPT_PIECES)


def _tag_pieces(tag: str) -> list[tuple[int, int]]:
    """Return where the words of a hashtag stand: at its capitals, or after and before words usual in tags."""
    humps = [match.span() for match in _HUMPS.finditer(tag)]
    if len(humps) > 1 and sum(end - start for start, end in humps) == len(tag):
        return humps
    words, low = load_words(), tag.lower()
    first = next((len(o) for o in words.tag_openings if low.startswith(o) and len(tag) - len(o) >= _TAG_NAME_MIN), 0)
    last = len(tag) - next(
        (len(e) for e in words.tag_endings if low.endswith(e) and len(tag) - first - len(e) >= _TAG_NAME_MIN), 0
    )
    return [(start, end) for start, end in ((0, first), (first, last), (last, len(tag))) if start < end]


@kept
def is_title_case(text: str) -> bool:
    """Whether most words start with a capital, as in headlines: then a capital says nothing about names."""
    initials = _INITIAL.findall(text[:MAX_CHARS])
    return sum(map(str.isupper, initials)) > 0.6 * len(initials)


@kept
def is_mixed_case(text: str) -> bool:
    """Whether capitals mean something in this text: few of its letters are capital."""
    head = text[:MAX_CHARS]
    if head.isascii():
        letters = head.encode()
        lower = len(letters) - len(letters.translate(None, _SMALL))
        upper = len(letters) - len(letters.translate(None, _CAPITALS))
    else:
        lower, upper = sum(map(str.islower, head)), sum(map(str.isupper, head))
    return 0 < upper < lower / 2
