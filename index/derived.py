"""Fields that engines compute from a document, because they are filtered by but not shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from index.document import Document
from sidak.models import AreaLevel

AREA_LEVELS: tuple[AreaLevel, ...] = ("provinsi", "kabkota", "kecamatan", "kelurahan")
DERIVED = ("review", *(f"area_{level}" for level in AREA_LEVELS), "day_topic", "week_topic")
WIB = "Asia/Jakarta"
"""The time zone of every page that people see."""

_ZONE = ZoneInfo(WIB)
_LAST_YEAR = 9_000
"""A date beyond has no topic by day: nobody counts it, and there may be no next day to be had."""


def derive_fields(document: Document) -> dict[str, bool | str | None]:
    """Return `review`, one area code a level (`area_provinsi` … `area_kelurahan`), and the topic by day and by week."""
    by_depth: Mapping[int, str] = {code.count("."): code for code in document.area_path}
    areas = {f"area_{level}": by_depth.get(depth) for depth, level in enumerate(AREA_LEVELS)}
    return {"review": document.review, **areas, **_dated_topics(document)}


def split_topic(topic: str) -> tuple[date, str | None, str | None]:
    """Return the first local day of a `day_topic` or `week_topic`, the kind, and the category."""
    day, kind, category = topic.split("|", 2)
    return date.fromisoformat(day), kind or None, category or None


def _dated_topics(document: Document) -> dict[str, str | None]:
    """Return what a document is about with its day and its week, so that counting one field gives all lines over time.

    That takes a third of what counting the intervals of each value does (`benchmarks/README.md`).
    """
    if not 1970 <= document.created_at.year <= _LAST_YEAR:
        return {"day_topic": None, "week_topic": None}
    day = document.created_at.astimezone(_ZONE).date()
    topic = f"{document.kind or ''}|{document.category or ''}"
    return {"day_topic": f"{day}|{topic}", "week_topic": f"{day - timedelta(days=day.weekday())}|{topic}"}


def area_field(code: str) -> str:
    """Return the derived field in which an area code of this depth stands."""
    return f"area_{AREA_LEVELS[min(code.count('.'), len(AREA_LEVELS) - 1)]}"
