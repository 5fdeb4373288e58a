"""Geometry of the charts: numbers in, coordinates out; the templates draw them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from dashboards.console.times import render_date
from index.engine import Interval, Series, SeriesPoint


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One interval's bar, in the units of its chart; `title` is shown on hovering."""

    x: float
    y: float
    width: float
    height: float
    title: str


class BarChart(msgspec.Struct, frozen=True, kw_only=True):
    """A small chart of one series, scaled to its own peak."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    peak: int
    first: str
    last: str


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """One interval of a line; `title` is shown on hovering."""

    x: float
    y: float
    title: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a chart; `style` 0… chooses colour and dashes."""

    value: str
    total: int
    dots: tuple[Dot, ...]
    style: int

    @property
    def points(self) -> str:
        """The dots as SVG wants them."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A horizontal line of a chart with its count, or a vertical one with its day."""

    at: float
    label: str


class LineChart(msgspec.Struct, frozen=True, kw_only=True):
    """Several series in one drawing."""

    width: int
    height: int
    left: int
    bottom: int
    lines: tuple[Line, ...]
    rows: tuple[Grid, ...]
    columns: tuple[Grid, ...]


_LEFT, _BELOW, _ROOM = 40, 24, 8
_SMALLEST_TOP = 4
_TOPS = (10, 16, 20, 30, 40, 50, 60, 80, 100)
"""Tenths of a power of ten that are good to read on an axis and have a whole half."""


def draw_bars(series: Series, *, width: int = 240, height: int = 48) -> BarChart:
    """Lay out one series as bars; a peak of one or two does not look like a flood."""
    peak = max((point.count for point in series.points), default=0)
    step = width / max(1, len(series.points))
    scale = height / max(_SMALLEST_TOP, peak)
    bars = tuple(
        Bar(
            x=round(index * step, 2),
            y=round(height - point.count * scale, 2),
            width=round(max(step * 0.8, 0.5), 2),
            height=round(point.count * scale, 2),
            title=f"{render_date(point.start)}: {point.count}",
        )
        for index, point in enumerate(series.points)
        if point.count
    )
    days = [render_date(point.start) for point in series.points] or ["–"]
    return BarChart(width=width, height=height, bars=bars, peak=peak, first=days[0], last=days[-1])


def draw_lines(series: Sequence[Series], *, width: int, height: int) -> LineChart | None:
    """Lay out several series as lines over the same days, or None where there is nothing to draw."""
    days = sorted({point.start for each in series for point in each.points})
    if not days:
        return None
    top = _round_up(max(point.count for each in series for point in each.points))
    bottom = height - _BELOW
    across = (width - _LEFT - _ROOM) / max(1, len(days) - 1)
    place = {day: _LEFT + index * across for index, day in enumerate(days)}
    scale = (bottom - _ROOM) / top
    lines = tuple(
        Line(
            value=each.value,
            total=each.total,
            dots=tuple(
                Dot(
                    x=round(place[point.start], 1),
                    y=round(bottom - point.count * scale, 1),
                    title=f"{render_date(point.start)}: {point.count}",
                )
                for point in each.points
            ),
            style=style,
        )
        for style, each in enumerate(series)
    )
    shown = sorted({0, len(days) // 2, len(days) - 1})
    steps = sorted({0, top // 2, top})
    return LineChart(
        width=width,
        height=height,
        left=_LEFT,
        bottom=bottom,
        lines=lines,
        rows=tuple(Grid(at=round(bottom - step * scale, 1), label=str(step)) for step in steps),
        columns=tuple(Grid(at=round(place[days[index]], 1), label=render_date(days[index])) for index in shown),
    )


def fill_period(series: Sequence[Series], *, since: date, until: date, interval: Interval) -> tuple[Series, ...]:
    """Return the series over the whole period that was asked for, with zeros where the engine saw nothing."""
    step = timedelta(days=7 if interval == "week" else 1)
    return tuple(_fill(each, since=since, until=until, step=step) for each in series)


def _fill(series: Series, *, since: date, until: date, step: timedelta) -> Series:
    if not series.points:
        return series
    start = date.fromisoformat(series.points[0].start)
    while start > since:
        start -= step
    counts = {point.start: point.count for point in series.points}
    days = [(start + step * number).isoformat() for number in range((until - start) // step + 1)]
    points = tuple(SeriesPoint(start=day, count=counts.get(day, 0)) for day in sorted({*days, *counts}))
    return Series(value=series.value, total=series.total, points=points)


def _round_up(count: int) -> int:
    """Return the next count that is good to read on an axis."""
    if count <= 10:
        return max(_SMALLEST_TOP, count + count % 2)
    power = int("1".ljust(len(str(count)), "0"))
    return next(tenths * power // 10 for tenths in _TOPS if tenths * power >= count * 10)
