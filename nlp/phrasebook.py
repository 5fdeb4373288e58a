"""Finds the phrases of all lexicons in one pass over a text's forms, in time linear in the text.

The phrases are compiled into one automaton over `Form.key`, so that a match always covers whole words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

from daachorse import MATCH_KIND_STANDARD, DoubleArrayAhoCorasick

from nlp.forms import FORMS
from nlp.lexicon import phrases
from nlp.words import TOKEN


class Meaning(NamedTuple):
    """What a phrase stands for: a label, and a category or ""."""

    label: str
    category: str


class _Automaton(Protocol):
    def find_overlapping(self, haystack: bytes, /) -> list[tuple[int, int, int]]: ...


class Phrasebook(NamedTuple):
    """The automaton, and each of its patterns: the words' keys, and what they mean."""

    automaton: _Automaton
    keys: Sequence[str]
    meanings: Sequence[tuple[Meaning, ...]]

    def find(self, haystack: bytes) -> list[tuple[int, int, int]]:
        """Return first byte, end byte and pattern of every phrase found, in the order in which they end."""
        return self.automaton.find_overlapping(haystack)


@cache
def phrasebook() -> Phrasebook:
    """Compile the lexicons; each meaning of a phrase once, in the order of the lexicons."""
    meanings: dict[str, dict[Meaning, None]] = {}
    for phrase in phrases():
        keys = "".join(FORMS[token].key for token in TOKEN.findall(phrase.text))
        if keys:
            meanings.setdefault(keys, {})[Meaning(phrase.label, phrase.category)] = None
    return Phrasebook(
        automaton=DoubleArrayAhoCorasick([keys.encode() for keys in meanings], MATCH_KIND_STANDARD),
        keys=list(meanings),
        meanings=[tuple(found) for found in meanings.values()],
    )
