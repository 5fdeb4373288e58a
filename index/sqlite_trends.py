"""Counts over time on SQLite: each field by whole days where clocks stay as they are, else by quarters of an hour."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from index.buckets import build_trend, constant_offset_ms, interval_start, trends_window, trends_zone
from index.engine import Split, Trend, Trends, TrendsQuery
from index.sqlite_pool import Pool
from index.sqlite_query import Condition, both, build_condition, value_column

_SLOT_MS = 15 * 60 * 1_000
"""Every time zone in use differs from UTC by whole quarters of an hour."""
_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)


def count_trends(pool: Pool, query: TrendsQuery, *, now: datetime) -> Trends:
    """Return all that a page of trends shows, of one moment."""
    start_ms, end_ms = trends_window(query, now=now)
    window = Condition("created_ms >= ? AND created_ms < ?", (start_ms, end_ms))
    condition = both(build_condition(query), window)
    with pool.reading() as connection:
        counted = ("SELECT count(*) FROM documents WHERE", condition.sql)
        total = connection.execute(" ".join(counted), condition.parameters).fetchone()[0]
        by = {split.by: _count_split(connection, query, split, condition, (start_ms, end_ms)) for split in query.splits}
    return Trends(total=total, as_of=now, by=by)


def _count_split(
    connection: sqlite3.Connection, query: TrendsQuery, split: Split, condition: Condition, window: tuple[int, int]
) -> Trend:
    column = value_column(split.by, area_level=query.area_level)
    zone = trends_zone(query)
    # A day is a slot of its own where clocks stay as they are: a hundredth of the rows, and of the reckoning.
    offset_ms = constant_offset_ms(zone, *window)
    slot = f"created_ms / {_SLOT_MS}" if offset_ms is None else f"(created_ms + {offset_ms}) / {_DAY_MS}"
    where = f"{condition.sql} AND {column} IS NOT NULL"
    sql = ("SELECT", column, ",", slot, "AS slot, count(*) FROM documents WHERE", where, "GROUP BY", column, ", slot")
    counts: dict[str, Counter[date]] = {}
    for value, number, count in connection.execute(" ".join(sql), condition.parameters):
        if offset_ms is None:
            local = datetime.fromtimestamp(number * _SLOT_MS // 1_000, UTC).astimezone(zone).date()
        else:
            local = _EPOCH + timedelta(days=number)
        counts.setdefault(value, Counter())[interval_start(local, query.interval)] += count
    return build_trend(counts, interval=query.interval, top=split.top)
