"""A memory of bounded size for what is worked out of words; `map(MEMORY.__getitem__, words)` asks it at C speed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

Value = TypeVar("Value")
Item = TypeVar("Item")

TEXTS_AT_ONCE = 256
CHARACTERS_AT_ONCE = 1 << 17
"""So many texts are read together, one step after the other, of long ones fewer."""
_TEXTS_KEPT = 2 * TEXTS_AT_ONCE
"""Steps ask about parts of texts too, which must push no text out."""
LONGEST_KEPT = 60
"""Longer strings are hardly met twice."""


class Memory(dict[str, Value]):
    """Values by string, each made once by `make` while it is remembered.

    When `most` values are known they become the older half: what is asked for again moves back, the rest goes with
    the next turn. So frequent words stay, however long the stream is, and never more than twice `most` are held.
    """

    def __init__(self, make: Callable[[str], Value], *, most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most
        self._older: dict[str, Value] = {}

    def __missing__(self, key: str) -> Value:
        value = self._older.get(key)
        if value is None:
            value = self._make(key)
        if len(key) <= LONGEST_KEPT:
            if len(self) >= self._most:
                self._older = dict(self)
                self.clear()
            self[key] = value
        return value


_forgetting: list[Callable[[], None]] = []


def kept(function: Callable[[str], Value]) -> Callable[[str], Value]:
    """Remember what a function returned of a text, for the next steps, until `forget_texts`."""
    remembered = lru_cache(_TEXTS_KEPT)(function)
    _forgetting.append(remembered.cache_clear)
    return remembered


def forget_texts() -> None:
    """Forget what steps shared of texts that all of them have read: of long texts that is megabytes."""
    for forget in _forgetting:
        forget()


def in_batches(
    items: Iterable[Item], *, most: int, characters: int, length: Callable[[Item], int]
) -> Iterator[list[Item]]:
    """Yield at most so many items together, fewer where they hold so many characters."""
    batch: list[Item] = []
    total = 0
    for item in items:
        batch.append(item)
        total += length(item)
        if len(batch) == most or total >= characters:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


@contextmanager
def uncollected(*, for_good: bool = False) -> Iterator[None]:
    """Keep the garbage collector from running: looking for cycles takes its share of time, and reading leaves none.

    With `for_good` it never looks at what is there afterwards: in a process that does nothing but read, that is models,
    and memories of words, by the ten thousand.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        if for_good:
            gc.freeze()
    finally:
        if collecting:
            gc.enable()
