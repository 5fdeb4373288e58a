"""Dates as people and spreadsheets write them: ISO, day/month/year, Indonesian month names, Excel and Unix numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

ZONES = {
    "WIB": timezone(timedelta(hours=7)),
    "WITA": timezone(timedelta(hours=8)),
    "WIT": timezone(timedelta(hours=9)),
    "UTC": UTC,
}
"""Indonesia's zones have no summer time, so a fixed offset is all there is to them (Keppres 41/1987)."""

EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's serial days have no zone; the profile's is put on later
EXCEL_DAYS = (20_000.0, 80_000.0)
UNIX_SECONDS = (1e8, 1e11)
"""Years 1954-2119 and 1973-5138: narrow enough that a year or 20260301 is not taken for a number of days or seconds."""
MAX_DATE_CHARS = 80

_MONTH_NAMES = (
    ("januari", "january", "jan"),
    ("februari", "february", "pebruari", "feb", "peb"),
    ("maret", "march", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "agt", "ags", "agst", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}

_WORD = re.compile(r"[A-Za-z]+")
_FILLER = re.compile(
    r"(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\s*,\s*|\b(?:pukul|pkl|jam)\b\.?", re.IGNORECASE
)
_ZONE_SUFFIX = re.compile(r"\s*\b(WIB|WITA|WIT|UTC)\b\.?\s*$", re.IGNORECASE)
_DOTTED_TIME = re.compile(r"\b(\d{1,2})\.(\d{2})(?:\.(\d{2}))?\s*$")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


def parse_zone(name: str) -> tzinfo:
    """Return the zone that a profile names; raises ValueError where there is none."""
    if name in ZONES:
        return ZONES[name]
    match = _OFFSET.fullmatch(name)
    if match is None:
        raise ValueError(f"unknown time zone {name!r}")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def parse_time(value: object, *, formats: Sequence[str], zone: tzinfo) -> datetime:
    """Return a cell as an aware UTC time; raises ValueError saying what is wrong with it.

    Formats are tried in order; a time that names no zone is taken to be in `zone`.
    """
    try:
        found = _read(value, formats=formats, zone=zone)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as exc:
        raise ValueError(f"{_shown(value)} is out of range") from exc


def _read(value: object, *, formats: Sequence[str], zone: tzinfo) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    number = _number(value)
    found = None if number is None else _from_number(number, formats)
    if found is not None:
        return found
    if isinstance(value, str):
        return _from_text(value, formats=formats, zone=zone)
    raise ValueError(f"{_shown(value)} is no date this profile knows ({', '.join(formats)})")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > MAX_DATE_CHARS:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _from_number(number: float, formats: Sequence[str]) -> datetime | None:
    first, last = EXCEL_DAYS
    if "excel" in formats and first <= number < last:
        # Seconds are what Excel shows; a day's fraction does not hold more.
        return EXCEL_EPOCH + timedelta(seconds=round(number * 86400))
    first, last = UNIX_SECONDS
    if "unix" in formats and first <= number < last * 1000:
        return datetime.fromtimestamp(number if number < last else number / 1000, tz=UTC)
    return None


def _from_text(text: str, *, formats: Sequence[str], zone: tzinfo) -> datetime:
    shown = _shown(text)
    plain = _FILLER.sub("", text[: MAX_DATE_CHARS + 1]).strip()
    if not plain:
        raise ValueError("the date is empty")
    if len(plain) > MAX_DATE_CHARS:
        raise ValueError(f"{shown} is too long for a date")
    named = _ZONE_SUFFIX.search(plain)
    if named is not None:
        zone = ZONES[named[1].upper()]
        plain = plain[: named.start()]
    spelled = " ".join(_WORD.sub(_month_number, _DOTTED_TIME.sub(_colons, plain)).split())
    for form in formats:
        found = _try_format(plain if form == "iso" else spelled, form)
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=zone)
    raise ValueError(f"{shown} is no date this profile knows ({', '.join(formats)})")


def _try_format(text: str, form: str) -> datetime | None:
    try:
        if form == "iso":
            return datetime.fromisoformat(text)
        if form in ("excel", "unix"):
            return None
        # A format without a zone gives a time without one; the caller puts the profile's zone on it.
        return datetime.strptime(text, form.replace("%B", "%m").replace("%b", "%m"))  # noqa: DTZ007
    except ValueError:
        return None


def _month_number(match: re.Match[str]) -> str:
    number = MONTHS.get(match[0].lower())
    return match[0] if number is None else f"{number:02d}"


def _colons(match: re.Match[str]) -> str:
    return ":".join(part for part in match.groups() if part)


def _shown(value: object) -> str:
    return repr(value[:MAX_DATE_CHARS]) if isinstance(value, str) else str(value)[:MAX_DATE_CHARS]
