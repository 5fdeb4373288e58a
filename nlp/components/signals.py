"""The lexicons' phrases in a text, without what the text itself denies.

A fault or a name of misconduct does not count where a negation stands just before it, or where it is part of a
denial ("stop pungli") or of a figure of speech ("banjir orderan").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spacy.language import Language

from nlp.findings import Findings, Step
from nlp.reading import FoundPhrase, Reading

NEGATION_REACH = 2
"""A negation this many tokens before a phrase denies it."""

_DENIABLE = frozenset({"SAYS", "TOPIC", "FAULT", "ACT"})
_COVERING = frozenset({"NEGATED", "FIGURATIVE"})
_NO_DENIAL = frozenset({"hanya", "main", "lagi-lagi", "kunjung", "tahu", "juga"})
"""After these a negation denies nothing: tidak hanya banjir, bukan main rusaknya."""
_STOPS = frozenset(".!?;,")


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
        Signal(*meaning, first + by, last + by, starts[first], ends[last - 1])
        for meaning, first, last in _believed(reading.matches, found)
    ]
    return tuple(sorted(believed, key=_place))


def _place(signal: Signal) -> tuple[int, int]:
    return signal.start, -signal.end


def _believed(words: Sequence[str], found: Sequence[FoundPhrase]) -> Iterable[FoundPhrase]:
    covered = {index for each in found if each.meaning.label in _COVERING for index in range(each.first, each.last)}
    denied = _denied_words(words, found)
    if not covered and not denied:
        return found
    return [
        each
        for each in found
        if each.meaning.label not in _DENIABLE
        or not (each.first in denied or (each.first in covered and each.last - 1 in covered))
    ]


def _denied_words(words: Sequence[str], found: Iterable[FoundPhrase]) -> set[int]:
    """Return the words that stand within a negation's reach, up to the next stop."""
    denied: set[int] = set()
    for each in found:
        if each.meaning.label != "NEG":
            continue
        for index in range(each.last, min(each.last + NEGATION_REACH, len(words))):
            if words[index] in _NO_DENIAL or words[index] in _STOPS:
                break
            denied.add(index)
    return denied


@Language.factory("sidak_signals")
def make_signals(nlp: Language, name: str) -> Signals:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return Signals()
