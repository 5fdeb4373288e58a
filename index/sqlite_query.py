"""Queries as SQL: one place that decides which documents a caller may see and which of them match."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from index.admission import to_millis
from index.derived import area_field
from index.engine import FacetName, Filters, SearchQuery, Sort, TrendsQuery
from index.query_language import (
    And,
    AtLeast,
    Expression,
    Field,
    Leaf,
    Near,
    Not,
    Or,
    Phrase,
    Range,
    Term,
    positive_leaves,
)


class Condition(msgspec.Struct, frozen=True):
    """A piece of SQL with its bound parameters."""

    sql: str
    parameters: tuple[str | int | float, ...] = ()


def build_condition(query: SearchQuery | TrendsQuery) -> Condition:
    """Return the WHERE clause of a query: the restricted wall, the filters, the words."""
    parts = [] if query.include_restricted else [Condition("restricted = 0")]
    parts += _filter_conditions(query.filters)
    if query.expression is not None:
        parts.append(_text_condition(query.expression))
    if isinstance(query, SearchQuery) and query.similar is not None:
        parts.append(Condition("id <> ?", (query.similar.id,)))
    return _join(parts, " AND ") if parts else Condition("1")


def both(left: Condition, right: Condition) -> Condition:
    """Return a condition that holds where both do."""
    return _join([left, right], " AND ")


def match_text(expression: Expression) -> str:
    """Return words alone in FTS5's language; terms hold letters and digits only, so quoting is safe."""
    match expression:
        case Term(stem=stem, prefix=prefix):
            return f'"{stem}"*' if prefix else f'"{stem}"'
        case Phrase(stems=stems):
            return f'"{" ".join(stems)}"'
        case Near(stems=stems, distance=distance):
            # FTS5 counts the words between the first and the last one, those in the middle included.
            return f"NEAR({' '.join(map(_quoted, stems))}, {distance + len(stems) - 2})"
        case And(parts=parts):
            return f"({' AND '.join(map(match_text, parts))})"
        case Or(parts=parts):
            return f"({' OR '.join(map(match_text, parts))})"
        case _:
            raise TypeError("FTS5 finds words only, and has no negation on its own")


def _quoted(stem: str) -> str:
    return f'"{stem}"'


def ranking_text(expression: Expression | None) -> str | None:
    """Return what relevance is measured by: any of the words asked for, or None where only words to avoid are given."""
    return " OR ".join(map(match_text, positive_leaves(expression))) or None


def after_hit(sort: Sort, values: tuple[str | int | float, ...]) -> Condition:
    """Return the condition for what comes after a hit with these sort values."""
    if sort == "urgent":
        urgency, created_ms, id = values
        return Condition(
            "urgency <= ? AND (urgency < ? OR created_ms < ? OR (created_ms = ? AND id > ?))",
            (urgency, urgency, created_ms, created_ms, id),
        )
    created_ms, id = values
    return Condition("created_ms <= ? AND (created_ms < ? OR id > ?)", (created_ms, created_ms, id))


def value_column(name: FacetName, *, area_level: str) -> str:
    """Return the column in which the values of a facet or a trend stand."""
    return f"area_{area_level}" if name == "area" else name


def facet_sql(names: Sequence[FacetName], condition: Condition, *, area_level: str) -> str:
    """Return a statement that gives the facets' values of every hit, one row a hit."""
    columns = ["1", *(value_column(name, area_level=area_level) for name in names)]
    return " ".join(("SELECT", ", ".join(columns), "FROM documents WHERE", condition.sql))


def _filter_conditions(filters: Filters) -> list[Condition]:
    found = [_one_of(column, values) for column, values in filters.one_of()]
    if filters.areas:
        found.append(_lies_in(filters.areas))
    if filters.review is not None:
        found.append(Condition("review = ?", (int(filters.review),)))
    if filters.since is not None:
        found.append(Condition("created_ms >= ?", (to_millis(filters.since),)))
    if filters.until is not None:
        found.append(Condition("created_ms < ?", (to_millis(filters.until),)))
    if filters.incident is not None:
        found.append(Condition("incident_id = ?", (filters.incident,)))
    return found


def _lies_in(codes: Sequence[str]) -> Condition:
    """Return a condition that finds regencies by their index; it may be NULL, so it must not be negated."""
    by_level: dict[str, list[str]] = {}
    for code in codes:
        by_level.setdefault(area_field(code), []).append(code)
    parts = [
        Condition(f"{column} IN ({', '.join('?' * len(found))})", tuple(found)) for column, found in by_level.items()
    ]
    return _join(parts, " OR ")


def _one_of(column: str, values: Sequence[str | int]) -> Condition:
    """Return a condition that is never NULL, so that it can be negated."""
    return Condition(f"coalesce({column} IN ({', '.join('?' * len(values))}), 0)", tuple(values))


def _inside(codes: Sequence[str]) -> Condition:
    by_level: dict[str, list[str]] = {}
    for code in codes:
        by_level.setdefault(area_field(code), []).append(code)
    return _join([_one_of(column, values) for column, values in by_level.items()], " OR ")


def _text_condition(expression: Expression) -> Condition:
    if is_words(expression):
        return _matches(match_text(expression))
    match expression:
        case Not(part=part):
            inner = _text_condition(part)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case And(parts=parts):
            words = tuple(part for part in parts if is_words(part))
            rest = [_text_condition(part) for part in parts if not is_words(part)]
            return _join([_matches(match_text(And(words))), *rest] if words else rest, " AND ")
        case Or(parts=parts):
            return _join([_text_condition(part) for part in parts], " OR ")
        case AtLeast(minimum=minimum, parts=parts):
            return _at_least(minimum, parts)
        case _:
            return _field_condition(expression)


def _field_condition(expression: Expression) -> Condition:
    match expression:
        case Field(name="area", values=values):
            return _inside(values)
        case Field(name="review", values=values):
            return _one_of("review", [int(value == "true") for value in values])
        case Field(name=name, values=values):
            return _one_of(name, values)
        case Range():
            return _within(expression)
        case _:
            raise TypeError(f"no such expression: {expression!r}")


def _matches(words: str) -> Condition:
    return Condition(
        "key IN (SELECT rowid FROM terms WHERE terms MATCH ?"
        " UNION ALL SELECT rowid FROM restricted_terms WHERE restricted_terms MATCH ?)",
        (words, words),
    )


def _at_least(minimum: int, parts: Sequence[Leaf]) -> Condition:
    """Count the words that a document has, of those documents that have any."""
    each = [_matches(match_text(part)) for part in parts]
    counted = _join(each, " + ")
    any_of = _matches(" OR ".join(map(match_text, parts)))
    return both(any_of, Condition(f"{counted.sql} >= ?", (*counted.parameters, minimum)))


def _within(bounds: Range) -> Condition:
    column = "created_ms" if bounds.name == "created_at" else bounds.name
    given = ((">=", bounds.least), (">", bounds.above), ("<=", bounds.most), ("<", bounds.below))
    parts = [Condition(f"{column} {sign} ?", (value,)) for sign, value in given if value is not None]
    return _join(parts, " AND ") if parts else Condition("1")


def is_words(expression: Expression) -> bool:
    """Whether an expression is about words only, and avoids none."""
    match expression:
        case And(parts=parts) | Or(parts=parts):
            return all(map(is_words, parts))
        case _:
            return isinstance(expression, Term | Phrase | Near)


def _join(parts: Sequence[Condition], word: str) -> Condition:
    sql = word.join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.parameters))
