"""Counts over time on SQLite: off the counts by day where these hold what is asked, else from the documents."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from index.buckets import (
    build_trend,
    constant_offset_ms,
    interval_start,
    largest,
    top_values,
    trends_window,
    trends_zone,
)
from index.derived import DAY_MS, WIB
from index.engine import SeriesField, Split, Trend, Trends, TrendsQuery
from index.sqlite_daily import (
    Days,
    area_totals,
    count_area_days,
    count_areas,
    count_topics,
    has_regencies,
    whole_days,
)
from index.sqlite_pool import Pool
from index.sqlite_query import Condition, both, build_condition, value_column

_SLOT_MS = 15 * 60 * 1_000
"""Every time zone in use differs from UTC by whole quarters of an hour."""
_EPOCH = date(1970, 1, 1)

_ByValue = dict[str, Counter[date]]


def count_trends(pool: Pool, query: TrendsQuery, *, now: datetime) -> Trends:
    """Return all that a page of trends shows, of one moment."""
    window = trends_window(query, now=now)
    days = whole_days(query, since_ms=window[0], until_ms=window[1]) if _is_daily(query) else None
    with pool.reading() as connection:
        if days is not None:
            return _read_days(connection, query, days, now=now)
        condition = both(build_condition(query), Condition("created_ms >= ? AND created_ms < ?", window))
        counted = ("SELECT count(*) FROM documents WHERE", condition.sql)
        total = connection.execute(" ".join(counted), condition.parameters).fetchone()[0]
        by = {split.by: _count_split(connection, query, split, condition, window) for split in query.splits}
    return Trends(total=total, as_of=now, by=by)


def _is_daily(query: TrendsQuery) -> bool:
    asked = {split.by for split in query.splits}
    levels = {"provinsi", "kabkota"} if "area" in asked else {query.area_level}
    return (
        query.timezone == WIB
        and not has_regencies(query.filters)
        and asked <= {"kind", "category", "area"}
        and query.area_level in levels
    )


def _read_days(connection: sqlite3.Connection, query: TrendsQuery, days: Days, *, now: datetime) -> Trends:
    topics = count_topics(connection, days)
    kinds: _ByValue = {}
    categories: _ByValue = {}
    for (day, kind, category), count in topics.items():
        start = interval_start(_EPOCH + timedelta(days=day), query.interval)
        for counts, value in ((kinds, kind), (categories, category)):
            if value is not None:
                counts.setdefault(value, Counter())[start] += count
    by: dict[SeriesField, Trend] = {}
    for split in query.splits:
        if split.by == "area":
            by[split.by] = _read_areas(connection, query, split, days)
        else:
            counts = kinds if split.by == "kind" else categories
            by[split.by] = build_trend(counts, interval=query.interval, top=split.top)
    return Trends(total=topics.total(), as_of=now, by=by)


def _read_areas(connection: sqlite3.Connection, query: TrendsQuery, split: Split, days: Days) -> Trend:
    values = largest(area_totals(count_areas(connection, days), level=query.area_level))
    lines: _ByValue = {}
    for area, by_day in count_area_days(connection, days, top_values(values, split.top)).items():
        lines[area] = Counter()
        for day, count in by_day.items():
            lines[area][interval_start(_EPOCH + timedelta(days=day), query.interval)] += count
    return build_trend(lines, interval=query.interval, top=split.top, values=values)


def _count_split(
    connection: sqlite3.Connection, query: TrendsQuery, split: Split, condition: Condition, window: tuple[int, int]
) -> Trend:
    column = value_column(split.by, area_level=query.area_level)
    zone = trends_zone(query)
    # A day is a slot of its own where clocks stay as they are: a hundredth of the rows, and of the reckoning.
    offset_ms = constant_offset_ms(zone, *window)
    slot = f"created_ms / {_SLOT_MS}" if offset_ms is None else f"(created_ms + {offset_ms}) / {DAY_MS}"
    where = f"{condition.sql} AND {column} IS NOT NULL"
    sql = ("SELECT", column, ",", slot, "AS slot, count(*) FROM documents WHERE", where, "GROUP BY", column, ", slot")
    counts: _ByValue = {}
    for value, number, count in connection.execute(" ".join(sql), condition.parameters):
        if offset_ms is None:
            local = datetime.fromtimestamp(number * _SLOT_MS // 1_000, UTC).astimezone(zone).date()
        else:
            local = _EPOCH + timedelta(days=number)
        counts.setdefault(value, Counter())[interval_start(local, query.interval)] += count
    return build_trend(counts, interval=query.interval, top=split.top)
