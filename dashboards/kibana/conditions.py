"""The conditions of a view, as Kibana's query language and as Elasticsearch queries: both say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.kibana.specs import Bounds, Condition, Where


def build_kql(where: Where) -> str:
    """Return conditions in Kibana's query language."""
    return " and ".join(part for field, value in where.items() for part in _kql(field, value))


def build_clauses(where: Where) -> list[dict[str, Any]]:
    """Return conditions as Elasticsearch queries, all of which must hold."""
    return [clause for field, value in where.items() for clause in _clauses(field, value)]


def _kql(field: str, value: Condition) -> Iterator[str]:
    match value:
        case Bounds(at_least=at_least, below=below, known=known):
            if at_least is not None:
                yield f"{field} >= {at_least:g}"
            if below is not None:
                yield f"{field} < {below:g}"
            if known is not None:
                yield f"{field}: *" if known else f"not {field}: *"
        case bool():
            yield f"{field}: {str(value).lower()}"
        case str():
            yield f"{field}: {value}"
        case list():
            yield f"{field}: ({' or '.join(value)})"


def _clauses(field: str, value: Condition) -> Iterator[dict[str, Any]]:
    match value:
        case Bounds(at_least=at_least, below=below, known=known):
            bounds = {name: bound for name, bound in (("gte", at_least), ("lt", below)) if bound is not None}
            if bounds:
                yield {"range": {field: bounds}}
            if known is not None:
                exists = {"exists": {"field": field}}
                yield exists if known else {"bool": {"must_not": [exists]}}
        case list():
            yield {"terms": {field: value}}
        case _:
            yield {"term": {field: value}}
