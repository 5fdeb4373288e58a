"""The query language of console, command line and API: words, "phrases", OR, NOT/-, prefix*."""

from __future__ import annotations

import msgspec


class Term(msgspec.Struct, frozen=True, tag="term"):
    """One word, as its stem (see nlp.normalize); `prefix` is for words that end in `*` (then not stemmed)."""

    stem: str
    prefix: bool = False


class Phrase(msgspec.Struct, frozen=True, tag="phrase"):
    """Words that stand next to each other, as stems."""

    stems: tuple[str, ...]


class And(msgspec.Struct, frozen=True, tag="and"):
    """All of these."""

    parts: tuple[Expression, ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    """Any of these."""

    parts: tuple[Expression, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """Not this."""

    part: Expression


Expression = Term | Phrase | And | Or | Not


def positive_leaves(expression: Expression) -> tuple[Term | Phrase, ...]:
    """Return the words and phrases that a match may contain, in the query's order; what `Not` holds is left out."""
    match expression:
        case And(parts=parts) | Or(parts=parts):
            return tuple(leaf for part in parts for leaf in positive_leaves(part))
        case Not():
            return ()
        case leaf:
            return (leaf,)
