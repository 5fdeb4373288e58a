"""The field filters of the query language: what each is called, and what its values mean.

Names and values are Indonesian, with the English ones beside them. A place is a code or a name, and stands for
everything inside it; a name that several areas have stands for all of them, `subah, batang` for the one in Batang.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import cast
from zoneinfo import ZoneInfo

from index.admission import to_millis
from index.derived import TIMEZONE
from index.query_errors import QueryError
from index.query_language import Expression, Field, FieldName, Range
from index.query_places import find_places
from index.states import LABELS
from nlp.taxonomy import categories

FIELD_NAMES: Mapping[str, str] = {
    "kategori": "category", "category": "category", "jenis": "kind", "kind": "kind", "tempat": "area", "place": "area",
    "wilayah": "area", "area": "area", "sumber": "source", "source": "source", "kanal": "lane", "lane": "lane",
    "status": "state", "state": "state", "tinjau": "review", "review": "review", "urgensi": "urgency",
    "urgency": "urgency", "sejak": "since", "since": "since", "sampai": "until", "until": "until",
    "tanggal": "date", "date": "date",
}  # fmt: skip
"""Every name of a filter; the first name of each is what messages propose."""

_ZONE = ZoneInfo(TIMEZONE)
_MAX_VALUES = 20
_EARLIEST, _LATEST = 1990, 2100
_KINDS = {"kerusakan": "damage", "pelanggaran": "misconduct", "pelayanan": "service"}
_LANES = {"ditujukan": "addressed", "terpantau": "overheard"}
_REVIEWS = {"ya": "true", "tidak": "false", "yes": "true", "no": "false"}
_SOURCE = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,6})?)(%?)", re.ASCII)
_DAY = re.compile(r"(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{1,2})(?:-(?P<d>[0-9]{1,2}))?)?", re.ASCII)
_LOCAL_DAY = re.compile(r"(?P<d>[0-9]{1,2})[-/.](?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})", re.ASCII)


def suggest_field(name: str) -> str | None:
    """Return the filter that a misspelt name means, if one is close."""
    return next(iter(get_close_matches(name, FIELD_NAMES, n=1, cutoff=0.75)), None)


def read_field(name: str, sign: str, value: str, *, at: int) -> Expression:
    """Return what a field filter asks for; raises QueryError at the value's place."""
    field = FIELD_NAMES[name]
    sign = sign.lstrip(":") or "="
    value = value.strip()
    if not value:
        raise QueryError(f"nilai {name}: kosong", at=at)
    if field == "urgency":
        return _urgency(sign, value, at=at)
    if sign != "=":
        raise QueryError(f"{name} tidak dapat dibandingkan dengan {sign}; tulis {name}:nilai", at=at)
    if field in {"since", "until", "date"}:
        return _days(field, value, at=at)
    if field == "area":
        return Field("area", find_places(value, at=at))
    values = [each.strip() for each in value.split(",") if each.strip()]
    if not 0 < len(values) <= _MAX_VALUES:
        raise QueryError(f"{name}: memuat satu sampai {_MAX_VALUES} nilai, dipisahkan koma", at=at)
    found = dict.fromkeys(_read_value(field, name, each, at=at) for each in values)
    return Field(cast("FieldName", field), tuple(found))


def _read_value(field: str, name: str, value: str, *, at: int) -> str:
    key = _key(value)
    if field == "source":
        if not _SOURCE.fullmatch(value.casefold()):
            raise QueryError(f"sumber {value[:40]} tidak berlaku; contoh: sumber:x", at=at)
        return value.casefold()
    known = _values(field)
    if key not in known:
        close = get_close_matches(key, known, n=3, cutoff=0.6)
        raise QueryError(f"{name} {value[:40]} tidak dikenal; {_proposal(name, close or known)}", at=at)
    return known[key]


def _proposal(name: str, values: Iterable[str]) -> str:
    return "mungkin maksud Anda " + ", ".join(f"{name}:{value}" for value in list(values)[:4])


def _values(field: str) -> Mapping[str, str]:
    match field:
        case "kind":
            return _KINDS | {value: value for value in _KINDS.values()}
        case "lane":
            return _LANES | {value: value for value in _LANES.values()}
        case "review":
            return _REVIEWS | {value: value for value in _REVIEWS.values()}
        case "state":
            return {_key(text): state for state, label in LABELS.items() for text in (state, label)}
        case _:
            return {
                _key(text): each.id
                for each in categories().values()
                for text in (each.id, each.label, each.label.removeprefix("Dugaan "))
            }


def _key(value: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", value.casefold()))


def _urgency(sign: str, value: str, *, at: int) -> Range:
    match = _NUMBER.fullmatch(value)
    number = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else -1.0
    if not 0 <= number <= 1:
        raise QueryError(
            "urgensi adalah angka antara 0 dan 1 atau persen, misalnya urgensi>=0,7 atau urgensi>=70%", at=at
        )
    match sign:
        case ">=":
            return Range("urgency", least=number)
        case ">":
            return Range("urgency", above=number)
        case "<=":
            return Range("urgency", most=number)
        case "<":
            return Range("urgency", below=number)
        case _:
            return Range("urgency", least=number, most=number)


def _days(field: str, value: str, *, at: int) -> Range:
    first, after = _read_days(value, at=at)
    least = None if field == "until" else _midnight_ms(first)
    below = None if field == "since" else _midnight_ms(after)
    return Range("created_at", least=least, below=below)


def _read_days(value: str, *, at: int) -> tuple[date, date]:
    """Return the first day of what a value names (a day, month or year), and the day after its last one."""
    match = _DAY.fullmatch(value) or _LOCAL_DAY.fullmatch(value)
    year, month, day = (int(match[part] or 0) for part in "ymd") if match else (0, 0, 0)
    first = _day(year, month or 1, day or 1) if _EARLIEST <= year < _LATEST else None
    if first is None:
        raise QueryError(f"tanggal {value[:40]} tidak berlaku; tulis 2026-11-24, 2026-11 atau 2026", at=at)
    if day:
        return first, first + timedelta(days=1)
    return first, date(year, month + 1, 1) if 0 < month < 12 else date(year + 1, 1, 1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _midnight_ms(day: date) -> int:
    return to_millis(datetime.combine(day, time(), _ZONE))
