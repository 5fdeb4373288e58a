"""What the tokens of a text add to the scores of wording models, to those of all models at once.

Rarities and weights have three decimals, so that what a token adds is a whole number of millionths. The numbers of all
models stand side by side in one, and a text's is one sum over its tokens: exact, whatever the order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from daachorse import MATCH_KIND_STANDARD, DoubleArrayAhoCorasick

from nlp.memory import Memory

_ONE = 1_000_000
_ROOT_OF_ONE = 1000
_FIELD = 64
_MASK = (1 << _FIELD) - 1
_SIGN = 1 << (_FIELD - 1)
_FIELDS = 4
"""Of each model: what words and pairs add to the score, to their squared length; the same of parts of words."""
_KEPT_TOKENS = 1 << 15


class Term(NamedTuple):
    """What a feature weighs: `rarity` is its inverse document frequency, `weight` what the model gives it."""

    rarity: float
    weight: float


class WordingSums:
    """Scores texts by models given as bias and terms (`nlp.wording.WordingModel.terms`)."""

    def __init__(self, models: Sequence[tuple[float, Mapping[str, Term]]]) -> None:
        self._biases = [bias for bias, _ in models]
        numbers: dict[str, int] = {}
        for at, (_, terms) in enumerate(models):
            for name, term in terms.items():
                field = _FIELDS * at + (2 if name[0] == "c" else 0)
                numbers[name] = numbers.get(name, 0) + (_number(term) << _FIELD * field)
        self._words, pairs, parts = (
            {name[2:]: number for name, number in numbers.items() if name[0] == kind} for kind in "ubc"
        )
        self._pairs = {tuple(pair.split(" ")): number for pair, number in pairs.items()}
        self._parts = list(parts.values())
        self._automaton = (
            DoubleArrayAhoCorasick([part.encode() for part in parts], MATCH_KIND_STANDARD) if parts else None
        )
        self._tokens = Memory(self._add_up, most=_KEPT_TOKENS)

    def scores(self, tokens: Sequence[str]) -> list[float]:
        """Return the log odds by each model of tokens that `nlp.wording.mask_tokens` has masked."""
        total = sum(map(self._tokens.__getitem__, set(tokens)))
        total += sum(map(self._pairs.__getitem__, self._pairs.keys() & pairwise(tokens)))
        fields = iter(_fields(total, _FIELDS * len(self._biases)))
        return [
            bias + _over_root(next(fields), next(fields)) + _over_root(next(fields), next(fields))
            for bias in self._biases
        ]

    def _add_up(self, token: str) -> int:
        number = self._words.get(token, 0)
        if self._automaton is None:
            return number
        # Most parts of a token are unknown: one pass over it finds those that are not.
        hits = self._automaton.find_overlapping(frame(token).encode())
        return number + sum(map(self._parts.__getitem__, {part for _, _, part in hits}))


def frame(token: str) -> str:
    """Return a token with its edges marked."""
    return f" {token} "


def _number(term: Term) -> int:
    return round(term.rarity * term.weight * _ONE) + (round(term.rarity * term.rarity * _ONE) << _FIELD)


def _fields(number: int, many: int) -> Iterator[int]:
    """Yield the numbers that stand side by side, of which some may be negative."""
    for _ in range(many):
        field = number & _MASK
        if field & _SIGN:
            field -= _MASK + 1
        yield field
        number = (number - field) >> _FIELD


def _over_root(total: int, square: int) -> float:
    return total / (_ROOT_OF_ONE * math.sqrt(square)) if square else 0.0
