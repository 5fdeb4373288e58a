"""Other spellings of the names of a registry: joined, shortened, or with one letter wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from nlp.normalize import is_known

_SHORTEST_JOINED = 7
_SHORTEST_MENDED = 5
_LONGEST_MENDED = 30
_KEPT_WORDS = 1 << 14
_LEFT_OF_WORKS = 3


class _Spelling(NamedTuple):
    short: dict[str, tuple[str, ...]]
    heads: frozenset[str]


@cache
def _spelling() -> _Spelling:
    data = tomllib.loads(files("nlp").joinpath("data/offices/spelling.toml").read_text(encoding="utf-8"))
    short = {word: tuple(forms) for word, forms in data["short"].items()}
    return _Spelling(short, frozenset(data["works"]["heads"]))


def other_spellings(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield how else a name of these folded words is written; the name itself is not among them."""
    if len(words) < 2:
        return
    if sum(map(len, words)) >= _SHORTEST_JOINED:
        yield ("".join(words),)
    short = _spelling().short
    for at, word in enumerate(words):
        for form in short.get(word, ()):
            yield (*words[:at], form, *words[at + 1 :])
    all_short = tuple(short.get(word, (word,))[0] for word in words)
    if all_short != tuple(words):
        yield all_short
    left = list(words)
    while left and left[0] in _spelling().heads:
        left.pop(0)
    if _LEFT_OF_WORKS <= len(left) < len(words):
        yield tuple(left)


class _Kept(dict[str, str]):
    """What was made of a word before; forgotten when there are too many."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> str:
        made = self._make(word)
        if len(self) >= _KEPT_WORDS:
            self.clear()
        if len(word) <= _LONGEST_MENDED:
            self[word] = made
        return made


class Mender:
    """Takes misspelt words back to the words of a registry: one letter left out, added, changed or two swapped.

    Only words that everyday language does not know are touched, and only their first letter must be right.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if _SHORTEST_MENDED < len(word) <= _LONGEST_MENDED)
        self._by_part: dict[str, list[str]] = {}
        for word in sorted(self._words):
            for part in {word, *_without_one(word)}:
                self._by_part.setdefault(part, []).append(word)
        self._mended = _Kept(self._mend)

    def mend(self, words: Sequence[str]) -> list[str]:
        """Return for each word the registry's word that is meant, or the word itself."""
        return list(map(self._mended.__getitem__, words))

    def _mend(self, word: str) -> str:
        if not _SHORTEST_MENDED <= len(word) <= _LONGEST_MENDED or word in self._words:
            return word
        if not word.isalpha() or is_known(word):
            return word
        for part in (word, *_without_one(word)):
            for candidate in self._by_part.get(part, ()):
                if candidate[0] == word[0] and _is_one_off(candidate, word):
                    return candidate
        return word


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)))


def _is_one_off(one: str, other: str) -> bool:
    """Whether one letter left out, added, changed or swapped with the next makes a word the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
        return one[at + 1 :] == other[at + 1 :] or swapped
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[at + 1 :] == shorter[at:]
