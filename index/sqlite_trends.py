"""Counts over time on SQLite: off the counts by day where these hold what is asked, else from the documents."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from index.buckets import (
    build_trend,
    constant_offset_ms,
    interval_start,
    largest,
    top_values,
    trends_window,
    trends_zone,
)
from index.derived import DAY_MS, TIMEZONE, date_of
from index.engine import Interval, SeriesField, Split, Trend, Trends, TrendsQuery
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

_ByValue = dict[str, Counter[date]]


def count_trends(pool: Pool, query: TrendsQuery, *, now: datetime) -> Trends:
    """Return all that a page of trends shows, of one moment."""
    window = trends_window(query, now=now)
    days = whole_days(query, since_ms=window[0], until_ms=window[1]) if _is_daily(query) else None
    with pool.reading() as connection:
        if days is not None:
            return _read_days(connection, query, days, now=now)
        return _count_documents(connection, query, window, now=now)


def _is_daily(query: TrendsQuery) -> bool:
    asked = {split.by for split in query.splits}
    levels = {"provinsi", "kabkota"} if "area" in asked else {query.area_level}
    return (
        query.timezone == TIMEZONE
        and not has_regencies(query.filters)
        and asked <= {"kind", "category", "area"}
        and query.area_level in levels
    )


def _read_days(connection: sqlite3.Connection, query: TrendsQuery, days: Days, *, now: datetime) -> Trends:
    topics = count_topics(connection, days)
    kinds: _ByValue = {}
    categories: _ByValue = {}
    for (day, kind, category), count in topics.items():
        start = _day_start(day, query.interval)
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
            lines[area][_day_start(day, query.interval)] += count
    return build_trend(lines, interval=query.interval, top=split.top, values=values)


def _count_documents(
    connection: sqlite3.Connection, query: TrendsQuery, window: tuple[int, int], *, now: datetime
) -> Trends:
    """Count all splits in one pass, one row a document: faster than a GROUP BY for each."""
    zone = trends_zone(query)
    # A day is a slot of its own where clocks stay as they are: a hundredth of the rows, and of the reckoning.
    offset_ms = constant_offset_ms(zone, *window)
    slot = f"created_ms / {_SLOT_MS}" if offset_ms is None else f"(created_ms + {offset_ms}) / {DAY_MS}"
    condition = both(build_condition(query), Condition("created_ms >= ? AND created_ms < ?", window))
    columns = [slot, *(value_column(split.by, area_level=query.area_level) for split in query.splits)]
    sql = ("SELECT", ", ".join(columns), "FROM documents WHERE", condition.sql)
    rows = Counter(connection.execute(" ".join(sql), condition.parameters))
    lines: list[_ByValue] = [{} for _ in query.splits]
    for (number, *values), count in rows.items():
        start = _start(number, offset_ms, zone, query.interval)
        for counts, value in zip(lines, values, strict=True):
            if value is not None:
                counts.setdefault(value, Counter())[start] += count
    by = {
        split.by: build_trend(counts, interval=query.interval, top=split.top)
        for split, counts in zip(query.splits, lines, strict=True)
    }
    return Trends(total=rows.total(), as_of=now, by=by)


@lru_cache(10_000)
def _day_start(day: int, interval: Interval) -> date:
    return interval_start(date_of(day), interval)


def _start(number: int, offset_ms: int | None, zone: ZoneInfo, interval: Interval) -> date:
    """Return the first day of the interval that a slot lies in."""
    if offset_ms is not None:
        return _day_start(number, interval)
    local = datetime.fromtimestamp(number * _SLOT_MS // 1_000, UTC).astimezone(zone).date()
    return interval_start(local, interval)
