"""Queries as SQL: one place that decides which documents a caller may see and which of them match."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from index.admission import to_millis
from index.derived import area_field
from index.engine import FacetName, Filters, SearchQuery, SeriesQuery, Sort
from index.query_language import And, Expression, Not, Or, Phrase, Term, positive_leaves


class Condition(msgspec.Struct, frozen=True):
    """A piece of SQL with its bound parameters."""

    sql: str
    parameters: tuple[str | int | float, ...] = ()


def build_condition(query: SearchQuery | SeriesQuery) -> Condition:
    """Return the WHERE clause of a query: the restricted wall, the filters, the words."""
    parts = [] if query.include_restricted else [Condition("restricted = 0")]
    parts += _filter_conditions(query.filters)
    if query.expression is not None:
        parts.append(_text_condition(query.expression))
    return _join(parts, " AND ") if parts else Condition("1")


def both(left: Condition, right: Condition) -> Condition:
    """Return a condition that holds where both do."""
    return _join([left, right], " AND ")


def match_text(expression: Expression) -> str:
    """Return a positive expression in FTS5's language; terms hold letters and digits only, so quoting is safe."""
    match expression:
        case Term(stem=stem, prefix=prefix):
            return f'"{stem}"*' if prefix else f'"{stem}"'
        case Phrase(stems=stems):
            return f'"{" ".join(stems)}"'
        case And(parts=parts):
            return f"({' AND '.join(map(match_text, parts))})"
        case Or(parts=parts):
            return f"({' OR '.join(map(match_text, parts))})"
        case Not():
            raise TypeError("FTS5 has no negation on its own")


def ranking_text(expression: Expression | None) -> str | None:
    """Return what relevance is measured by: any of the words asked for, or None where only words to avoid are given."""
    leaves = positive_leaves(expression) if expression is not None else ()
    return " OR ".join(map(match_text, leaves)) or None


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


def facet_column(name: FacetName, *, area_level: str) -> str:
    """Return the column that a facet counts."""
    return f"area_{area_level}" if name == "area" else name


def facet_sql(names: Sequence[FacetName], condition: Condition, *, area_level: str) -> str:
    """Return a statement that gives the facets' values of every hit, one row a hit."""
    columns = ["1", *(facet_column(name, area_level=area_level) for name in names)]
    return " ".join(("SELECT", ", ".join(columns), "FROM documents WHERE", condition.sql))


def _filter_conditions(filters: Filters) -> list[Condition]:
    one_of = (
        ("kind", filters.kinds),
        ("category", filters.categories),
        ("source", filters.sources),
        ("lane", filters.lanes),
        ("state", filters.states),
    )
    found = [_one_of(column, values) for column, values in one_of if values]
    if filters.areas:
        found.append(_join([Condition(f"{area_field(code)} = ?", (code,)) for code in filters.areas], " OR "))
    if filters.review is not None:
        found.append(Condition("review = ?", (int(filters.review),)))
    if filters.since is not None:
        found.append(Condition("created_ms >= ?", (to_millis(filters.since),)))
    if filters.until is not None:
        found.append(Condition("created_ms < ?", (to_millis(filters.until),)))
    if filters.incident is not None:
        found.append(Condition("incident_id = ?", (filters.incident,)))
    return found


def _one_of(column: str, values: Sequence[str]) -> Condition:
    return Condition(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))


def _text_condition(expression: Expression) -> Condition:
    if is_positive(expression):
        return Condition("key IN (SELECT rowid FROM terms WHERE terms MATCH ?)", (match_text(expression),))
    match expression:
        case Not(part=part):
            inner = _text_condition(part)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case And(parts=parts):
            return _join([_text_condition(part) for part in parts], " AND ")
        case Or(parts=parts):
            return _join([_text_condition(part) for part in parts], " OR ")
        case _:
            raise TypeError(f"no such expression: {expression!r}")


def is_positive(expression: Expression) -> bool:
    """Whether an expression avoids nothing."""
    match expression:
        case Not():
            return False
        case And(parts=parts) | Or(parts=parts):
            return all(map(is_positive, parts))
        case _:
            return True


def _join(parts: Sequence[Condition], word: str) -> Condition:
    sql = word.join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.parameters))
