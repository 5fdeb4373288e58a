"""Times as inspectors read them: Indonesian, in WIB."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from index.derived import TIMEZONE

WIB = ZoneInfo(TIMEZONE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def render_time(at: datetime | None) -> str:
    """Return a moment as "24 Nov 2026 10.21 WIB"; a dash for none."""
    if at is None:
        return "–"
    local = at.astimezone(WIB)
    return f"{render_date(local.date())} {local:%H.%M} WIB"


def render_date(day: date | str) -> str:
    """Return a day, or its ISO form, as "24 Nov 2026"."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def local_day(at: datetime) -> date:
    """Return the day on which a moment falls in WIB."""
    return at.astimezone(WIB).date()


def day_start(day: date) -> datetime:
    """Return the moment at which a WIB day begins."""
    return datetime.combine(day, time(), WIB)


def day_after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)
