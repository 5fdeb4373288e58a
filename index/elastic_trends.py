"""Counts over time on Elasticsearch: everything at once, then the lines of fields that have no dated topic.

Kinds and categories are read off `day_topic` or `week_topic`, in one pass without a histogram. Areas are too many for
that: first all are counted, then the largest alone are counted by interval. What any of this costs, and what the plain
way did, stands in benchmarks/FIGURES.md.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import msgspec
from elasticsearch import Elasticsearch

from index.buckets import Counts, build_trend, interval_start, largest, top_values, trends_window
from index.derived import TIMEZONE, split_topic
from index.elastic_query import Clause, build_query, count_values, value_field
from index.elastic_search import ask
from index.engine import SeriesField, Split, Trend, Trends, TrendsQuery

_MOST_TOPICS = 65_000
"""Just below what a server gives at once: 1,100 days with each of the taxonomy's topics are 30,000."""
_TOPIC_FIELDS: tuple[SeriesField, ...] = ("kind", "category")


class _Bucket(msgspec.Struct, frozen=True):
    key: str
    doc_count: int


class _Values(msgspec.Struct, frozen=True):
    buckets: list[_Bucket] = []


class _Total(msgspec.Struct, frozen=True):
    value: int


class _Hits(msgspec.Struct, frozen=True):
    total: _Total


class _Answer(msgspec.Struct, frozen=True):
    hits: _Hits
    aggregations: dict[str, _Values] = {}


class _Interval(msgspec.Struct, frozen=True):
    key_as_string: date
    doc_count: int


class _Intervals(msgspec.Struct, frozen=True):
    buckets: list[_Interval]


class _Line(msgspec.Struct, frozen=True):
    key: str
    intervals: _Intervals


class _Lines(msgspec.Struct, frozen=True):
    buckets: list[_Line]


class _LinesByName(msgspec.Struct, frozen=True):
    lines: _Lines


class _LinesAnswer(msgspec.Struct, frozen=True):
    aggregations: _LinesByName


def count_trends(
    client: Elasticsearch, query: TrendsQuery, *, index: str, now: datetime, topics: bool = True
) -> Trends:
    """Return all that a page of trends shows; without `topics` all fields are counted as areas are."""
    start_ms, end_ms = trends_window(query, now=now)
    if start_ms >= end_ms:
        return Trends(total=0, as_of=now, by={split.by: Trend() for split in query.splits})
    window = {"range": {"created_at": {"gte": start_ms, "lt": end_ms, "format": "epoch_millis"}}}
    asked = [build_query(query), window]
    dated = [split for split in query.splits if split.by in _TOPIC_FIELDS and topics and query.timezone == TIMEZONE]
    plain = [split for split in query.splits if split not in dated]
    request: Clause = {
        "size": 0,
        "track_total_hits": True,
        "query": {"bool": {"filter": asked}},
        "aggs": _counts(query, plain, topics=bool(dated)),
    }
    answer = msgspec.convert(ask(client, request, index=index), _Answer)
    found = answer.aggregations.get("topics", _Values()).buckets
    if dated and sum(bucket.doc_count for bucket in found) != answer.hits.total.value:
        # Documents of an index that waits for its rebuild have no dated topic.
        return count_trends(client, query, index=index, now=now, topics=False)
    by = _read_topics(query, dated, found)
    for split in plain:
        totals = {bucket.key: bucket.doc_count for bucket in answer.aggregations[split.by].buckets}
        values = largest(totals)
        lines = _count_lines(client, query, split, asked, top_values(values, split.top), index=index)
        by[split.by] = build_trend(lines, interval=query.interval, top=split.top, values=values)
    return Trends(total=answer.hits.total.value, as_of=now, by=by)


def _counts(query: TrendsQuery, plain: list[Split], *, topics: bool) -> Clause:
    field = "week_topic" if query.interval == "week" else "day_topic"
    dated = {"terms": {"field": field, "size": _MOST_TOPICS, "order": {"_key": "asc"}}}
    fields: Clause = {split.by: count_values(value_field(split.by, area_level=query.area_level)) for split in plain}
    return {**fields, "topics": dated} if topics else fields


def _read_topics(query: TrendsQuery, splits: list[Split], topics: list[_Bucket]) -> dict[SeriesField, Trend]:
    counts: dict[SeriesField, dict[str, Counter[date]]] = {name: {} for name in _TOPIC_FIELDS}
    for bucket in topics:
        day, *values = split_topic(bucket.key)
        start = interval_start(day, query.interval)
        for name, value in zip(_TOPIC_FIELDS, values, strict=True):
            if value is not None:
                counts[name].setdefault(value, Counter())[start] += bucket.doc_count
    return {split.by: build_trend(counts[split.by], interval=query.interval, top=split.top) for split in splits}


def _count_lines(
    client: Elasticsearch, query: TrendsQuery, split: Split, asked: list[Clause], top: list[str], *, index: str
) -> Counts:
    """Count the given values by interval; no other document is looked at."""
    if not top:
        return {}
    field = value_field(split.by, area_level=query.area_level)
    histogram = {
        "field": "created_at",
        "calendar_interval": query.interval,
        "time_zone": query.timezone,
        "format": "yyyy-MM-dd",
        "min_doc_count": 1,
    }
    request: Clause = {
        "size": 0,
        "query": {"bool": {"filter": [*asked, {"terms": {field: top}}]}},
        "aggs": {
            "lines": {
                "terms": {"field": field, "size": len(top), "include": top},
                "aggs": {"intervals": {"date_histogram": histogram}},
            }
        },
    }
    answer = msgspec.convert(ask(client, request, index=index), _LinesAnswer)
    return {
        line.key: {each.key_as_string: each.doc_count for each in line.intervals.buckets}
        for line in answer.aggregations.lines.buckets
    }
