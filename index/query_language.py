"""The query language of console, command line and API, as values; index/parse_query.py reads what people type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from sidak.errors import UsageError

MAX_LEAVES = 200
MAX_NESTING = 60
MAX_VALUES = 500
MAX_DISTANCE = 50

FieldName = Literal["kind", "category", "area", "source", "lane", "state", "review"]
RangeName = Literal["urgency", "created_at"]


class Term(msgspec.Struct, frozen=True, tag="term"):
    """One word, as its stem (see nlp.search_words); `prefix` is for words that end in `*` (then not stemmed)."""

    stem: str
    prefix: bool = False


class Phrase(msgspec.Struct, frozen=True, tag="phrase"):
    """Words that stand next to each other, as stems."""

    stems: tuple[str, ...]


class Near(msgspec.Struct, frozen=True, tag="near"):
    """Different words in any order, with at most `distance` others between them all."""

    stems: tuple[str, ...]
    distance: int


class Field(msgspec.Struct, frozen=True, tag="field"):
    """A field has one of these values; an area stands for everything inside it, `review` is `true` or `false`."""

    name: FieldName
    values: tuple[str, ...]


class Range(msgspec.Struct, frozen=True, tag="range"):
    """A number is within bounds; times are milliseconds since 1970."""

    name: RangeName
    least: float | int | None = None
    """At least this."""
    above: float | int | None = None
    most: float | int | None = None
    below: float | int | None = None


class And(msgspec.Struct, frozen=True, tag="and"):
    """All of these."""

    parts: tuple[Expression, ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    """Any of these."""

    parts: tuple[Expression, ...]


class AtLeast(msgspec.Struct, frozen=True, tag="at_least"):
    """So many of these words and phrases."""

    minimum: int
    parts: tuple[Term | Phrase | Near, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """Not this."""

    part: Expression


Leaf = Term | Phrase | Near
Expression = Leaf | Field | Range | And | Or | AtLeast | Not


def positive_leaves(expression: Expression | None) -> tuple[Leaf, ...]:
    """Return the words and phrases that a match may contain, in the query's order; what `Not` holds is left out."""
    match expression:
        case And(parts=parts) | Or(parts=parts) | AtLeast(parts=parts):
            return tuple(leaf for part in parts for leaf in positive_leaves(part))
        case Term() | Phrase() | Near():
            return (expression,)
        case _:
            return ()


def leaf_stems(leaf: Leaf) -> tuple[str, ...]:
    """Return the stems of a word or phrase."""
    return (leaf.stem,) if isinstance(leaf, Term) else leaf.stems


def check_expression(expression: Expression) -> None:
    """Raise UsageError where an expression, wherever it comes from, asks for more than an engine gives."""
    for number, (leaf, depth) in enumerate(_walk(expression), start=1):
        if depth > MAX_NESTING or number > MAX_LEAVES:
            raise UsageError("Pencarian ini terlalu rumit; pecah menjadi beberapa pencarian.")
        if isinstance(leaf, Field) and len(leaf.values) > MAX_VALUES:
            raise UsageError(f"Satu penyaring memuat paling banyak {MAX_VALUES} nilai.")
        if isinstance(leaf, Near) and not 0 <= leaf.distance <= MAX_DISTANCE:
            raise UsageError(f"Jarak kata harus antara 0 dan {MAX_DISTANCE}.")


def _walk(expression: Expression) -> Iterator[tuple[Leaf | Field | Range, int]]:
    pending: list[tuple[Expression, int]] = [(expression, 0)]
    while pending:
        each, depth = pending.pop()
        match each:
            case And(parts=parts) | Or(parts=parts) | AtLeast(parts=parts):
                pending += [(part, depth + 1) for part in parts]
            case Not(part=part):
                pending.append((part, depth + 1))
            case _:
                yield each, depth
