"""Cuts a text into the pieces of words that the encoder knows: the likeliest cut of each word (Kudo 2018)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property

import msgspec

from nlp.normalize import normalize_word
from nlp.words import visible_text

START, END, PADDING, UNKNOWN = 0, 1, 2, 3
SPECIAL = ("<s>", "</s>", "<pad>", "<unk>")
WORD_START = "▁"
MENTION, LINK, NUMBER = "@", "link", "0"
"""What stands for any account, any link and any number: a piece each."""
MOST_PIECES = 80
READ_CHARACTERS = 1200
LONGEST_WORD = 60

_UNKNOWN_COST = 10.0
_MENTION = re.compile(r"@\w+")
_LINK = re.compile(r"https?://\S+|\[URL\]")
_DIGITS = re.compile(r"\d+")
_UNREAD = re.compile('[,"\u201c\u201d]|[^\x00-\u20ff]')
"""Commas and quotation marks, pictures and other scripts: people's own posts came without them, ours did not."""
_REPEATED = re.compile(r"([^\w\s])\1+")
_MARKED = re.compile(r"(?P<before>\W*)(?P<core>\w(?:.*\w)?)(?P<after>\W*)")
"""A word, with the marks that it is written between."""


class Pieces(msgspec.Struct, frozen=True, dict=True):
    """The vocabulary: pieces with their log likelihoods, in the order of their numbers."""

    names: tuple[str, ...]
    scores: tuple[float, ...]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Each piece's number."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def longest(self) -> int:
        """The letters of the longest piece."""
        return max(map(len, self.names))

    @cached_property
    def _unknown_score(self) -> float:
        return min(self.scores) - _UNKNOWN_COST

    @cached_property
    def _known_words(self) -> dict[str, tuple[int, ...]]:
        return {}

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, framed; of a long text only the beginning."""
        numbers = [START]
        for word in plain_words(text):
            numbers += self.cut_word(WORD_START + word)
            if len(numbers) >= MOST_PIECES - 1:
                break
        return [*numbers[: MOST_PIECES - 1], END]

    def cut_word(self, word: str) -> tuple[int, ...]:
        """Return the likeliest pieces of one word; linear in its length."""
        found = self._known_words.get(word)
        if found is None:
            if len(self._known_words) > 1 << 15:
                self._known_words.clear()
            found = self._known_words[word] = self._cut(word[:LONGEST_WORD])
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        numbers, scores = self.numbers, self.scores
        unknown = self._unknown_score
        best = [0.0] + [float("-inf")] * len(word)
        back = [(UNKNOWN, 0)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + self.longest) + 1):
                number = numbers.get(word[start:end])
                if number is None and end > start + 1:
                    continue
                value = best[start] + (unknown if number is None else scores[number])
                if value > best[end]:
                    best[end], back[end] = value, (UNKNOWN if number is None else number, start)
        cut: list[int] = []
        end = len(word)
        while end:
            number, end = back[end]
            cut.append(number)
        return tuple(reversed(cut))


def plain_words(text: str) -> list[str]:
    """Return the words as the encoder reads them: in standard spelling, no names, links, numbers or commas.

    What the encoder starts from knows standard Indonesian best, and cuts what it does not know into many pieces.
    """
    head = unicodedata.normalize("NFKC", visible_text(text)[0][:READ_CHARACTERS]).replace("&amp;", "&")
    head = _LINK.sub(LINK, _MENTION.sub(MENTION, head))
    return [_standard(word) for word in _REPEATED.sub(r"\1", _UNREAD.sub(" ", head)).split()]


def _standard(word: str) -> str:
    """Return a word in standard spelling, marks around it kept; capitals where they are no shouting."""
    marked = _MARKED.fullmatch(word)
    if marked is None:
        return word
    core = marked["core"]
    standard = normalize_word(core)
    if standard == core.lower() and not (core.isupper() and len(core) > 1):
        standard = core
    return _DIGITS.sub(NUMBER, f"{marked['before']}{standard}{marked['after']}")


def read_pieces(text: str) -> Pieces:
    """Read the vocabulary as `write_pieces` wrote it."""
    rows = [line.rpartition("\t") for line in text.split("\n") if line]  # some pieces are line ends of other kinds
    return Pieces(names=tuple(row[0] for row in rows), scores=tuple(float(row[2]) for row in rows))


def write_pieces(pieces: Pieces) -> str:
    """Return the vocabulary as text: a piece and its score a line."""
    return "".join(f"{name}\t{score:.3f}\n" for name, score in zip(pieces.names, pieces.scores, strict=True))
