"""Finds the lexicons' phrases in a Doc and drops what the text itself denies.

A fault or a name of misconduct does not count where a negation stands just before it, or where it is part of a
denial ("stop pungli") or of a figure of speech ("banjir orderan").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from nlp.lexicon import phrases

NEGATION_REACH = 2
"""A negation this many tokens before a phrase denies it."""

_DENIABLE = frozenset({"SAYS", "TOPIC", "FAULT", "ACT"})
_COVERING = frozenset({"NEGATED", "FIGURATIVE"})
_NO_DENIAL = frozenset({"hanya", "main", "lagi-lagi", "kunjung", "tahu", "juga"})
"""After these a negation denies nothing: tidak hanya banjir, bukan main rusaknya."""
_STOPS = frozenset(".!?;\n")


class Signal(NamedTuple):
    """A phrase found: its label, its category (or ""), tokens first to last (exclusive) and characters."""

    label: str
    category: str
    first: int
    last: int
    start: int
    end: int


class Signals:
    """Writes `doc._.sidak_signals`, a tuple of Signal in the order of the text."""

    def __init__(self, nlp: Language) -> None:
        if not Doc.has_extension("sidak_signals"):
            Doc.set_extension("sidak_signals", default=())
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        self._meanings: dict[int, tuple[str, str]] = {}
        grouped: dict[tuple[str, str], list[Doc]] = {}
        for phrase in phrases():
            grouped.setdefault((phrase.label, phrase.category), []).append(nlp.make_doc(phrase.text))
        for (label, category), docs in grouped.items():
            key = f"{label}:{category}"
            self._matcher.add(key, docs)
            self._meanings[nlp.vocab.strings[key]] = (label, category)

    def __call__(self, doc: Doc) -> Doc:
        found = [
            Signal(*self._meanings[key], first, last, doc[first].idx, _end(doc, last - 1))
            for key, first, last in self._matcher(doc)
        ]
        doc._.sidak_signals = tuple(sorted(_believed(doc, found), key=lambda each: (each.start, -each.end)))
        return doc


def _end(doc: Doc, index: int) -> int:
    token = doc[index]
    return int(token.idx + len(token.text.rstrip()))


def _believed(doc: Doc, found: list[Signal]) -> Iterable[Signal]:
    covered = {index for each in found if each.label in _COVERING for index in range(each.first, each.last)}
    denied = _denied_tokens(doc, found)
    for each in found:
        if each.label in _DENIABLE and (each.first in denied or (each.first in covered and each.last - 1 in covered)):
            continue
        yield each


def _denied_tokens(doc: Doc, found: list[Signal]) -> set[int]:
    """Return the tokens that stand within a negation's reach, up to the next stop."""
    denied: set[int] = set()
    for each in found:
        if each.label != "NEG":
            continue
        for index in range(each.last, min(each.last + NEGATION_REACH, len(doc))):
            word = doc[index].norm_
            if word in _NO_DENIAL or word in _STOPS or word == ",":
                break
            denied.add(index)
    return denied


@Language.factory("sidak_signals")
def make_signals(nlp: Language, name: str) -> Signals:  # noqa: ARG001 - spaCy hands every factory its name
    """Build the component; spaCy calls this."""
    return Signals(nlp)
