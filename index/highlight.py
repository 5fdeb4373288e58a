"""Where a query's words stand in a text: found by stems in the text itself, whatever engine found the document."""

from __future__ import annotations

from collections.abc import Sequence

from index.query_language import Expression, Near, Phrase, Term, positive_leaves
from index.tokens import located_terms
from sidak.models import Span

LONGEST_TEXT = 200_000
"""Nobody reads on beyond this many characters; a hit there is not marked."""

_Located = tuple[str, int, int]


def highlight_spans(text: str, expression: Expression | None) -> list[Span]:
    """Return the stretches of a text that a query asked for, in order, none overlapping; words to avoid are no hits."""
    if expression is None:
        return []
    leaves = positive_leaves(expression)
    terms = located_terms(text[:LONGEST_TEXT])
    found = [*_find_words(terms, [leaf for leaf in leaves if isinstance(leaf, Term)])]
    for leaf in leaves:
        if isinstance(leaf, Phrase):
            found += _find_phrase(terms, leaf.stems)
        elif isinstance(leaf, Near):
            found += _find_near(terms, leaf)
    return _merge(sorted(found))


def _find_words(terms: Sequence[_Located], words: Sequence[Term]) -> list[tuple[int, int]]:
    whole = {word.stem for word in words if not word.prefix}
    prefixes = tuple(word.stem for word in words if word.prefix)
    return [(start, end) for term, start, end in terms if term in whole or (prefixes and term.startswith(prefixes))]


def _find_phrase(terms: Sequence[_Located], stems: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return each place where the stems stand next to each other, from the first word to the last."""
    names = [term for term, _, _ in terms]
    return [
        (terms[at][1], terms[at + len(stems) - 1][2])
        for at in range(len(terms) - len(stems) + 1)
        if names[at] == stems[0] and tuple(names[at : at + len(stems)]) == stems
    ]


def _find_near(terms: Sequence[_Located], near: Near) -> list[tuple[int, int]]:
    """Return the words of every place where all of them stand close enough together, in one pass."""
    reach = len(near.stems) + near.distance
    last: dict[str, int] = {}
    found: set[int] = set()
    for at, (term, _, _) in enumerate(terms):
        if term in near.stems:
            last[term] = at
            if len(last) == len(near.stems) and at - min(last.values()) < reach:
                found.update(last.values())
    return [terms[at][1:] for at in sorted(found)]


def _merge(stretches: Sequence[tuple[int, int]]) -> list[Span]:
    merged: list[tuple[int, int]] = []
    for start, end in stretches:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [Span(start=start, end=end) for start, end in merged]
