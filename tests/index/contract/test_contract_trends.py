"""Counts over time: local days, weeks from Monday, months, zeros included, odd dates harmless."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from index.engine import Engine, Filters, Interval, Split, TrendsQuery
from index.parse_query import parse_query
from sidak.errors import UsageError
from tests.support.documents import NOW, make_document

Fill = Callable[..., None]

# Jakarta is seven hours ahead: the second is Monday there, though still Sunday in UTC.
SUNDAY = datetime(2026, 11, 15, 16, 59, 59, tzinfo=UTC)
MONDAY = datetime(2026, 11, 15, 17, 0, 0, tzinfo=UTC)


def _lines(engine: Engine, **options: object) -> dict[str, list[tuple[str, int]]]:
    split = Split(by=options.pop("split_by", "category"), top=options.pop("top", 8))
    found = engine.trends(TrendsQuery(**{"include_restricted": False, "splits": (split,), **options}))
    return {line.value: [(point.start, point.count) for point in line.points] for line in found.by[split.by].series}


@pytest.mark.parametrize(
    ("interval", "banjir", "pungli"),
    [
        (
            "day",
            [("2026-11-15", 1), ("2026-11-16", 1), ("2026-11-17", 0), ("2026-11-18", 0)],
            [("2026-11-15", 0), ("2026-11-16", 0), ("2026-11-17", 0), ("2026-11-18", 1)],
        ),
        ("week", [("2026-11-09", 1), ("2026-11-16", 1)], [("2026-11-09", 0), ("2026-11-16", 1)]),
        ("month", [("2026-11-01", 2)], [("2026-11-01", 1)]),
    ],
)
def test_intervals_start_in_local_time_and_hold_zeros(
    engine: Engine, fill: Fill, interval: Interval, banjir: list[tuple[str, int]], pungli: list[tuple[str, int]]
) -> None:
    fill(
        make_document("x:1", category="banjir", created_at=SUNDAY),
        make_document("x:2", category="banjir", created_at=MONDAY),
        make_document("x:3", category="pungli", created_at=MONDAY + timedelta(days=2)),
        make_document("x:4", category=None),
    )
    assert _lines(engine, interval=interval) == {"banjir": banjir, "pungli": pungli}


def test_only_the_largest_lines_are_drawn_and_filters_hold(engine: Engine, fill: Fill) -> None:
    sizes = {"banjir": 3, "pungli": 2, "sampah": 2, "pohon": 1}
    fill(
        *(
            make_document(f"x:{category}{number}", f"{category} nomor{number}", category=category, area_code="33.25")
            for category, size in sizes.items()
            for number in range(size)
        ),
        make_document("x:elsewhere", category="pohon", area_code="35.78"),
    )
    assert list(_lines(engine, top=3)) == ["banjir", "pohon", "pungli"]
    assert list(_lines(engine, top=3, filters=Filters(areas=("33",)))) == ["banjir", "pungli", "sampah"]
    assert _lines(engine, split_by="area", expression=parse_query("pohon")) == {"33.25": [("2026-11-20", 1)]}
    assert list(_lines(engine, split_by="area", area_level="provinsi")) == ["33", "35"]


def test_posts_of_impossible_dates_do_not_stretch_the_chart(engine: Engine, fill: Fill) -> None:
    fill(
        make_document("x:1970", created_at=datetime(1970, 1, 1, tzinfo=UTC)),
        make_document("x:1901", created_at=datetime(1901, 1, 1, tzinfo=UTC)),
        make_document("x:9999", created_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
        make_document("x:now"),
    )
    for interval in ("day", "week", "month"):
        lines = _lines(engine, interval=interval)
        assert [count for _, count in lines["jalan_rusak"]] == [1]


def test_a_window_is_a_window(engine: Engine, fill: Fill) -> None:
    fill(*(make_document(f"x:{days}", created_at=NOW - timedelta(days=days)) for days in range(6)))
    filters = Filters(since=NOW - timedelta(days=3), until=NOW - timedelta(days=1))
    assert _lines(engine, filters=filters) == {"jalan_rusak": [("2026-11-17", 1), ("2026-11-18", 1)]}
    backwards = Filters(since=NOW, until=NOW - timedelta(days=1))
    assert _lines(engine, filters=backwards) == {}
    assert _lines(engine, filters=Filters(since=datetime(2030, 1, 1, tzinfo=UTC))) == {}


def test_an_unknown_time_zone_is_refused(engine: Engine) -> None:
    for name in ("Asia/Nowhere", "../../etc/passwd", ""):
        with pytest.raises(UsageError):
            _lines(engine, timezone=name)


@pytest.mark.parametrize("name", ["Asia/Jayapura", "Europe/Amsterdam", "America/New_York"])
def test_days_are_local_before_and_after_clocks_are_changed(engine: Engine, fill: Fill, name: str) -> None:
    zone = ZoneInfo(name)
    moments = [
        NOW - timedelta(days=days, minutes=minutes) for days in (0, 10, 40, 250) for minutes in (0, 299, 302, 720)
    ]
    fill(*(make_document(f"x:{number}", created_at=moment) for number, moment in enumerate(moments)))
    days = Counter(moment.astimezone(zone).date().isoformat() for moment in moments)
    [points] = _lines(engine, timezone=name).values()
    assert {start: count for start, count in points if count} == days


def test_one_question_gives_the_total_all_values_and_the_largest_lines(engine: Engine, fill: Fill) -> None:
    fill(
        *(make_document(f"x:{number}", area_code=f"33.{1 + number // 2:02}") for number in range(6)),
        make_document("x:kindless", kind=None, category=None, area_code="33.04"),
        make_document("x:nowhere"),
    )
    splits = (Split(by="area", top=2), Split(by="kind"), Split(by="source", top=1))
    found = engine.trends(TrendsQuery(include_restricted=False, splits=splits, interval="week"))
    assert (found.total, found.as_of) == (8, NOW)
    areas = found.by["area"]
    assert [(each.value, each.count) for each in areas.values] == [
        ("33.01", 2), ("33.02", 2), ("33.03", 2), ("33.04", 1),
    ]  # fmt: skip
    assert [(line.value, line.total) for line in areas.series] == [("33.01", 2), ("33.02", 2)]
    assert [line.total for line in found.by["kind"].series] == [7]
    assert [line.total for line in found.by["source"].series] == [8]
