"""Fields that engines compute from a document, because they are filtered by but not shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from index.admission import to_millis
from index.document import Document
from sidak.models import AreaLevel

AREA_LEVELS: tuple[AreaLevel, ...] = ("provinsi", "kabkota", "kecamatan", "kelurahan")
DERIVED = ("review", *(f"area_{level}" for level in AREA_LEVELS), "day_topic", "week_topic")
TIMEZONE = "Asia/Jakarta"
"""The time zone of every page that people see."""

WIB_OFFSET_MS = 7 * 3_600_000
"""All through the time that is counted: the clocks of Jakarta have stayed as they are since 1964."""

DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
_MOST_DAYS = 1_000_000
"""Days after 1970 that can be dated; nobody counts what lies outside."""


def derive_fields(document: Document) -> dict[str, bool | str | None]:
    """Return `review`, one area code a level (`area_provinsi` … `area_kelurahan`), and the topic by day and by week."""
    by_depth: Mapping[int, str] = {code.count("."): code for code in document.area_path}
    areas = {f"area_{level}": by_depth.get(depth) for depth, level in enumerate(AREA_LEVELS)}
    return {"review": document.review, **areas, **_dated_topics(document)}


def local_day(moment: datetime) -> int:
    """Return the number of the local day, counted from 1970-01-01."""
    return (to_millis(moment) + WIB_OFFSET_MS) // DAY_MS


def date_of(day: int) -> date:
    """Return the date of a local day's number."""
    return _EPOCH + timedelta(days=day)


def split_topic(topic: str) -> tuple[date, str | None, str | None]:
    """Return the first local day of a `day_topic` or `week_topic`, the kind, and the category."""
    day, kind, category = topic.split("|", 2)
    return date.fromisoformat(day), kind or None, category or None


def _dated_topics(document: Document) -> dict[str, str | None]:
    """Return what a document is about with its day and its week, so that counting one field gives all lines over time.

    That takes a third of what counting the intervals of each value does (`benchmarks/FIGURES.md`).
    """
    days = local_day(document.created_at)
    if not 0 <= days < _MOST_DAYS:
        return {"day_topic": None, "week_topic": None}
    day, week = _dates(days)
    topic = f"{document.kind or ''}|{document.category or ''}"
    return {"day_topic": f"{day}|{topic}", "week_topic": f"{week}|{topic}"}


@lru_cache(10_000)
def _dates(days: int) -> tuple[str, str]:
    day = date_of(days)
    return str(day), str(day - timedelta(days=day.weekday()))


def area_field(code: str) -> str:
    """Return the derived field in which an area code of this depth stands."""
    return f"area_{AREA_LEVELS[min(code.count('.'), len(AREA_LEVELS) - 1)]}"
