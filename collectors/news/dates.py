"""Dates as Indonesian feeds write them: RFC 822, ISO 8601, and with Indonesian names of days, months and zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from collectors.fields import read_iso

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari", "feb februari pebruari", "mar maret mrt", "apr april", "mei may", "jun juni", "jul juli",
            "agu ags agt agustus aug", "sep sept september", "okt oktober oct", "nov november nop nopember",
            "des desember dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
ZONES = {"wib": 7, "wita": 8, "wit": 9}
WIB = timezone(timedelta(hours=7))
_INDONESIAN = re.compile(
    r"(?:\w{3,9},?\s+)?(\d{1,2})[\s-](\w{3,9})[\s-](\d{4})(?:[\s,|-]{1,4}(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?"
    r"(?:\s*(wib|wita|wit|[+-]\d{4}|gmt|utc))?",
    re.IGNORECASE,
)


def read_feed_date(text: object) -> datetime | None:
    """Return a time in UTC, or None for anything else; without a zone it is western Indonesian time."""
    if not isinstance(text, str) or len(text) > 80:
        return None
    found = _INDONESIAN.fullmatch(text.strip())
    if found and found[2].lower() in MONTHS:
        return _build(found)
    iso = read_iso(text.strip())
    if iso is not None:
        return iso
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None


def _build(found: re.Match[str]) -> datetime | None:
    hour, minute, second = (int(found[group] or 0) for group in (4, 5, 6))
    try:
        moment = datetime(
            int(found[3]), MONTHS[found[2].lower()], int(found[1]), hour, minute, second, tzinfo=_zone(found[7])
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None) -> timezone:
    if name is None:
        return WIB
    if name[0] in "+-":
        span = timedelta(hours=int(name[1:3]), minutes=int(name[3:5]))
        return timezone(span if name[0] == "+" else -span)
    return timezone(timedelta(hours=ZONES.get(name.lower(), 0)))
