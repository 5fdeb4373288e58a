"""Charts show the whole period and read true."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.console.charts import draw_bars, draw_lines, fill_period
from dashboards.console.places import list_places
from index.document import PlaceView
from index.engine import Series, SeriesPoint
from tests.support.console import invent_document


def _series(*counts: tuple[str, int]) -> Series:
    points = tuple(SeriesPoint(start=start, count=count) for start, count in counts)
    return Series(value="banjir", total=sum(point.count for point in points), points=points)


def test_days_without_reports_are_drawn_as_zero():
    (filled,) = fill_period(
        [_series(("2026-11-03", 2))], since=date(2026, 11, 1), until=date(2026, 11, 5), interval="day"
    )
    assert [point.count for point in filled.points] == [0, 0, 2, 0, 0]
    assert filled.points[0].start == "2026-11-01"


def test_weeks_keep_their_monday():
    (filled,) = fill_period(
        [_series(("2026-11-09", 2))], since=date(2026, 11, 1), until=date(2026, 11, 24), interval="week"
    )
    assert [point.start for point in filled.points] == [
        "2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23",
    ]  # fmt: skip


@given(counts=st.lists(st.integers(0, 5_000_000), min_size=1, max_size=40))
def test_no_mark_leaves_its_chart(counts: list[int]):
    series = _series(*((f"2026-{1 + at // 28:02}-{1 + at % 28:02}", count) for at, count in enumerate(counts)))
    for chart in (draw_lines([series], width=360, height=220), draw_lines([series], width=1160, height=240)):
        assert all(
            0 <= dot.y <= chart.bottom and 0 <= dot.x <= chart.width for line in chart.lines for dot in line.dots
        )
        assert len({row.label for row in chart.rows}) == 3
    bars = draw_bars(series)
    assert bars.peak == max(counts)
    assert all(bar.y >= -0.01 and bar.y + bar.height <= bars.height + 0.01 for bar in bars.bars)


def test_nothing_is_drawn_of_nothing():
    assert draw_lines([], width=360, height=220) is None


@pytest.mark.parametrize(("peak", "top"), [(0, 4), (1, 4), (5, 6), (10, 10), (11, 16), (132, 160), (999, 1000)])
def test_the_axis_ends_at_a_readable_number(peak: int, top: int):
    chart = draw_lines([_series(("2026-11-01", peak))], width=360, height=220)
    assert chart.rows[-1].label == str(top)


def test_a_place_is_listed_once_and_the_trusted_ones_first():
    report = invent_document("x:1", "jalan rusak")
    subah = PlaceView(name="Subah", type="area", code="33.25.09", probability=0.5, alternatives=("61.01.10",) * 6)
    report = msgspec.structs.replace(
        report,
        places=(
            PlaceView(name="Palas", type="area", code="18.01.05", probability=0.7),
            subah,
            msgspec.structs.replace(subah, probability=0.9),
        ),
    )
    lines = list_places(report, area_name=lambda code: code)
    assert [(line.place.name, line.place.probability) for line in lines] == [("Subah", 0.9), ("Palas", 0.7)]
    assert lines[0].more == 2
