"""How unlike two spellings are: letters left out, added, changed, or two neighbours swapped."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 4
"""Shorter words are each other's neighbours by chance."""
LONGEST = 24
CANDIDATES = 16
"""Spellings whose reports are counted."""


def allowed_edits(word: str) -> int:
    """Return how many letters of a word may be wrong: one of five, two of longer ones."""
    return 1 if len(word) < 6 else 2


def is_checkable(word: str) -> bool:
    """Whether a word's spelling can be judged at all."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def nearest(word: str, others: Iterable[str]) -> list[str]:
    """Return the spellings that a word may have been meant as, nearest first, itself included.

    How often they occur is left out of it: that would tell of reports that the reader may not see.
    """
    most = allowed_edits(word)
    found = []
    for other in others:
        if abs(len(other) - len(word)) <= most and len(set(word) ^ set(other)) <= 2 * most:
            edits = count_edits(word, other, most=most)
            if edits <= most:
                found.append((edits, other))
    return [other for _, other in sorted(found)[:CANDIDATES]]


def count_edits(one: str, other: str, *, most: int) -> int:
    """Return the edits between two spellings (optimal string alignment), or most + 1 where there are more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        last, row_before = row, before
        row = [at]
        for place, wanted in enumerate(other, start=1):
            cost = min(last[place] + 1, row[-1] + 1, last[place - 1] + (letter != wanted))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == wanted:
                cost = min(cost, row_before[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return row[-1]
