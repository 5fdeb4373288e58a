"""Intervals of a time series: local days, weeks (from Monday) and months, and the zeros between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from index.admission import to_millis
from index.engine import MAX_FACET_VALUES, FacetValue, Interval, Series, SeriesPoint, Trend, TrendsQuery
from index.query_language import check_expression
from sidak.errors import UsageError

MAX_POINTS = 1_100
"""Three years of days. One post dated 1970 must not draw twenty thousand empty ones."""
MAX_SERIES = 50

Counts = Mapping[str, Mapping[date, int]]
"""Value, then first local day of the interval, then the number of posts."""


def trends_zone(query: TrendsQuery) -> ZoneInfo:
    """Return the time zone of trends; raises UsageError where there is none of this name."""
    try:
        return ZoneInfo(query.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise UsageError(f"Zona waktu {query.timezone!r} tidak dikenal.") from exc


def trends_window(query: TrendsQuery, *, now: datetime) -> tuple[int, int]:
    """Return the window that trends are counted in, as milliseconds since 1970, end exclusive.

    It ends tomorrow at the latest and holds at most MAX_POINTS intervals, the newest ones. Raises UsageError where the
    query asks for more than an engine gives.
    """
    if query.expression is not None:
        check_expression(query.expression)
    zone = trends_zone(query)
    end = min(query.filters.until or now + timedelta(days=1), now + timedelta(days=1))
    first = interval_start(end.astimezone(zone).date(), query.interval)
    for _ in range(MAX_POINTS - 1):
        first = previous_start(first, query.interval)
        if first.year <= 1970:
            break
    start = max(datetime.combine(first, time(), zone), datetime(1970, 1, 1, tzinfo=UTC))
    return to_millis(max(start, query.filters.since or start)), to_millis(end)


def constant_offset_ms(zone: ZoneInfo, start_ms: int, end_ms: int) -> int | None:
    """Return a zone's offset from UTC where it is the same all through a window, None where clocks are changed.

    None as well where local time would begin before 1970, so that days can be counted from there.
    """
    weeks = (*range(start_ms, end_ms, 7 * 86_400_000), end_ms)  # no zone has an offset for less than a week
    offsets = {datetime.fromtimestamp(each // 1_000, zone).utcoffset() for each in weeks}
    only = offsets.pop()
    if offsets or only is None:
        return None
    offset_ms = only // timedelta(milliseconds=1)
    return offset_ms if start_ms + offset_ms >= 0 else None


def interval_start(day: date, interval: Interval) -> date:
    """Return the first day of the interval that a day lies in."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def previous_start(start: date, interval: Interval) -> date:
    """Return the first day of the interval before."""
    return interval_start(start - timedelta(days=1), interval)


def next_start(start: date, interval: Interval) -> date:
    """Return the first day of the interval after."""
    if interval == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if interval == "week" else 1)


def largest(totals: Mapping[str, int]) -> tuple[FacetValue, ...]:
    """Return values with their counts, the largest first; no more than anybody reads."""
    ordered = sorted(totals.items(), key=lambda each: (-each[1], each[0]))
    return tuple(FacetValue(value=value, count=count) for value, count in ordered[:MAX_FACET_VALUES])


def top_values(values: Sequence[FacetValue], top: int) -> list[str]:
    """Return the values that become lines."""
    return [each.value for each in values[: max(0, min(top, MAX_SERIES))]]


def build_trend(counts: Counts, *, interval: Interval, top: int, values: tuple[FacetValue, ...] | None = None) -> Trend:
    """Return a field's values, and its largest as lines over the same intervals: from the first to the last of any.

    With `values` these are all values, and `counts` has the intervals of the largest only.
    """
    if values is None:
        values = largest({value: sum(by_day.values()) for value, by_day in counts.items()})
    lines = {value: counts[value] for value in top_values(values, top) if value in counts}
    days = sorted({day for by_day in lines.values() for day in by_day})
    starts = _starts(days[0], days[-1], interval) if days else []
    series = tuple(
        Series(
            value=value,
            total=sum(by_day.values()),
            points=tuple(SeriesPoint(start=start.isoformat(), count=by_day.get(start, 0)) for start in starts),
        )
        for value, by_day in lines.items()
    )
    return Trend(values=values, series=series)


def _starts(first: date, last: date, interval: Interval) -> list[date]:
    starts = [first]
    while starts[-1] < last:
        starts.append(next_start(starts[-1], interval))
    return starts
