"""The lexicons' phrases in a text, without what the text itself denies.

A fault, a name of misconduct or praise ("tidak ramah") does not count where a negation stands just before it, or where
it is part of a denial ("stop pungli") or of a figure of speech ("banjir orderan").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spacy.language import Language

from nlp.findings import Findings, Step
from nlp.lexicon import words_around
from nlp.phrasebook import Meaning
from nlp.reading import FoundPhrase, Reading

NEGATION_REACH = 2
"""A negation this many tokens before a phrase denies it."""

IN_OFFICE = frozenset({"ACTOR", "OFFICE"})
"""The labels of who holds an office, and of offices."""
WITNESSED = frozenset({"FIRST", "PLACE", "HELP", "DURATION", "REPEATED"})
"""The labels of what shows that misconduct was met with, by somebody or somewhere."""

_DENIABLE = frozenset({"SAYS", "TOPIC", "FAULT", "ACT", "PRAISE", "WORKS"})
_COVERING = frozenset({"NEGATED", "FIGURATIVE"})
_NO_DENIAL = frozenset({"hanya", "main", "lagi-lagi", "kunjung", "tahu", "juga"})
"""After these a negation denies nothing: tidak hanya banjir, bukan main rusaknya."""
_STOPS = frozenset(".!?;,")
_FOREIGN = frozenset({"ELSEWHERE", "ABROAD"})
_COMPARISON_REACH = 4
"""A comparison this many tokens before a place abroad says that nothing happens there."""


class Signal(NamedTuple):
    """A phrase found: its label, its category (or ""), tokens first to last (exclusive) and characters."""

    label: str
    category: str
    first: int
    last: int
    start: int
    end: int


class Signals(Step):
    """Writes the signals, in the order of the text."""

    def read(self, found: Findings) -> None:
        """Find the phrases."""
        found.signals = find_signals(found.reading)


def find_signals(reading: Reading) -> tuple[Signal, ...]:
    """Return the phrases that the text does not deny, by where they start; the longest first."""
    found = reading.phrases
    if not found:
        return ()
    by, starts, ends = reading.first_token, reading.starts, reading.ends
    believed = [
        Signal(label, category, first + by, last + by, starts[first], ends[last - 1])
        for (label, category), first, last in _believed(reading.matches, found)
    ]
    return tuple(believed)


def _believed(words: Sequence[str], found: Sequence[FoundPhrase]) -> Iterable[FoundPhrase]:
    covered: set[int] = set()
    denied: set[int] = set()
    if any(each[0].label in _FOREIGN for each in found):
        found = [seen for each in found for seen in _place_abroad(words, each)]
    for meaning, first, last in found:
        if meaning.label in _COVERING:
            covered.update(range(first, last))
        elif meaning.label == "NEG":
            denied.update(_denied_words(words, last))
    if not covered and not denied:
        return found
    return [
        each
        for each in found
        if not (each[1] in denied or (each[1] in covered and each[2] - 1 in covered)) or each[0].label not in _DENIABLE
    ]


def _place_abroad(words: Sequence[str], phrase: FoundPhrase) -> Iterator[FoundPhrase]:
    """Yield a phrase as it is meant: nothing where abroad is only compared with, a place where it is located."""
    meaning, first, last = phrase
    if meaning.label not in _FOREIGN:
        yield phrase
        return
    before = words[max(first - _COMPARISON_REACH, 0) : first]
    if not words_around("compared").isdisjoint(before) or (before and before[-1] in words_around("called")):
        return
    yield phrase
    if meaning.label == "ELSEWHERE" and before and before[-1] in words_around("located"):
        yield Meaning("ABROAD", ""), first, last


def _denied_words(words: Sequence[str], after: int) -> Iterator[int]:
    """Yield the words within the reach of the negation that stands before a word, up to the next stop."""
    for index in range(after, min(after + NEGATION_REACH, len(words))):
        if words[index] in _NO_DENIAL or words[index] in _STOPS:
            return
        yield index


@Language.factory("sidak_signals")
def make_signals(nlp: Language, name: str) -> Signals:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return Signals()
