"""Cuts texts into words by rules under which no word reaches across a blank: what stands between two is cut once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from nlp.memory import Memory
from nlp.words import visible_text

Word = TypeVar("Word")


class Words(NamedTuple, Generic[Word]):
    """The words of a text and where each starts and ends in it: lists that run parallel."""

    words: list[Word]
    starts: list[int]
    ends: list[int]


class Cutter(Generic[Word]):
    """Cuts by a rule that yields each word of a piece with its start and end; the pieces met are remembered.

    The rule sees a piece without what hides in its words; starts and ends are those of the piece as it is written.
    """

    def __init__(self, rule: Callable[[str], Iterable[tuple[Word, int, int]]], *, most: int) -> None:
        self._pieces: Memory[tuple[tuple[Word, int, int], ...]] = Memory(lambda piece: _cut(rule, piece), most=most)

    def cut(self, text: str) -> Words[Word]:
        """Return the words of a text."""
        words: list[Word] = []
        starts: list[int] = []
        ends: list[int] = []
        pieces, position = self._pieces, 0
        for piece in text.split(" "):
            for word, start, end in pieces[piece]:
                words.append(word)
                starts.append(position + start)
                ends.append(position + end)
            position += len(piece) + 1
        return Words(words, starts, ends)


def _cut(rule: Callable[[str], Iterable[tuple[Word, int, int]]], piece: str) -> tuple[tuple[Word, int, int], ...]:
    seen, places = visible_text(piece)
    if places is None:
        return tuple(rule(piece))
    return tuple((word, places[start], places[end - 1] + 1) for word, start, end in rule(seen))
