"""Queries as Elasticsearch's query language: one place that decides what a caller may see and what matches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from index.admission import to_millis
from index.engine import MAX_FACET_VALUES, FacetName, Filters, SearchQuery, TrendsQuery
from index.query_language import And, AtLeast, Expression, Field, Leaf, Near, Not, Or, Phrase, Range, Term

Clause = dict[str, Any]

SORTS: Mapping[str, list[Clause]] = {
    "urgent": [{"urgency": "desc"}, {"created_at": "desc"}, {"id": "asc"}],
    "newest": [{"created_at": "desc"}, {"id": "asc"}],
    "relevance": [{"_score": "desc"}, {"created_at": "desc"}, {"id": "asc"}],
}
_LARGEST_FIRST = [{"_count": "desc"}, {"_key": "asc"}]
_PER_PART = 10_000
"""Values that each part tells, so that counts over several parts are exact for all but the rarest villages."""


def build_query(query: SearchQuery | TrendsQuery) -> Clause:
    """Return the query: the restricted wall, the filters, the words."""
    filters = [] if query.include_restricted else [{"term": {"restricted": False}}]
    filters += _filter_clauses(query.filters)
    words = [] if query.expression is None else [text_clause(query.expression)]
    similar = query.similar if isinstance(query, SearchQuery) else None
    avoided = [] if similar is None else [{"term": {"id": similar.id}}]
    return {"bool": {"filter": filters, "must": words, "must_not": avoided}}


def build_facets(query: SearchQuery) -> Clause:
    """Return the aggregations that count the asked facets."""
    return {name: count_values(value_field(name, area_level=query.area_facet_level)) for name in query.facets}


def count_values(field: str) -> Clause:
    """Return the aggregation that counts the values of a field."""
    return {
        "terms": {"field": field, "size": MAX_FACET_VALUES, "shard_size": _PER_PART, "order": _LARGEST_FIRST},
    }


def value_field(name: FacetName, *, area_level: str) -> str:
    """Return the field in which the values of a facet or a trend stand."""
    return f"area_{area_level}" if name == "area" else name


def text_clause(expression: Expression) -> Clause:
    """Return the clause for an expression; words have a score, fields have none."""
    match expression:
        case Term() | Phrase() | Near():
            return _word_clause(expression)
        case Field() | Range():
            return {"bool": {"filter": [_field_clause(expression)]}}
        case AtLeast(minimum=minimum, parts=parts):
            return {"bool": {"should": [text_clause(part) for part in parts], "minimum_should_match": minimum}}
        case And(parts=parts):
            return {"bool": {"must": [text_clause(part) for part in parts]}}
        case Or(parts=parts):
            return {"bool": {"should": [text_clause(part) for part in parts], "minimum_should_match": 1}}
        case Not(part=part):
            return {"bool": {"must_not": [text_clause(part)]}}


def _word_clause(leaf: Leaf) -> Clause:
    match leaf:
        case Term(stem=stem, prefix=prefix):
            return {"prefix" if prefix else "term": {"stems": {"value": stem}}}
        case Phrase(stems=stems):
            return {"match_phrase": {"stems": {"query": " ".join(stems)}}}
        case Near(stems=stems, distance=distance):
            words = {"query": " ".join(stems), "max_gaps": distance, "ordered": False}
            return {"intervals": {"stems": {"match": words}}}


def _field_clause(field: Field | Range) -> Clause:
    if isinstance(field, Range):
        return _range_clause(field)
    return {"terms": {"area_path" if field.name == "area" else field.name: list(field.values)}}


def _range_clause(bounds: Range) -> Clause:
    given = (("gte", bounds.least), ("gt", bounds.above), ("lte", bounds.most), ("lt", bounds.below))
    within: Clause = {sign: value for sign, value in given if value is not None}
    if bounds.name == "created_at":
        within["format"] = "epoch_millis"
    return {"range": {bounds.name: within}}


def _filter_clauses(filters: Filters) -> list[Clause]:
    found: list[Clause] = [{"terms": {field: list(values)}} for field, values in filters.one_of()]
    if filters.areas:
        found.append({"terms": {"area_path": list(filters.areas)}})
    if filters.review is not None:
        found.append({"term": {"review": filters.review}})
    if filters.since is not None or filters.until is not None:
        found.append({"range": {"created_at": _bounds(filters)}})
    if filters.incident is not None:
        found.append({"term": {"incident_id": filters.incident}})
    return found


def _bounds(filters: Filters) -> Clause:
    bounds: Clause = {"format": "epoch_millis"}
    if filters.since is not None:
        bounds["gte"] = to_millis(filters.since)
    if filters.until is not None:
        bounds["lt"] = to_millis(filters.until)
    return bounds
