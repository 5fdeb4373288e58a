"""Reading a platform's JSON object field by field, and noticing the fields nobody asked for.

Whatever a field holds, reading it raises only FieldError, and text comes out clean.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from sidak.text import clean_text

EARLIEST_AT = datetime(2006, 1, 1, tzinfo=UTC)
"""Older than the platforms themselves: a zero of some clock."""
FUTURE_TOLERANCE = timedelta(days=1)
MAX_SHORT_CHARS = 1000
MAX_LIST_ITEMS = 100
MAX_NUMBER = 1 << 53
"""What a JSON number holds exactly."""


class FieldError(Exception):
    """A field without which there is no post."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field


class Part:
    """A JSON object within another, read field by field. Read millions of times: no step more than needed."""

    __slots__ = ("_data",)

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def take(self, name: str, other: str | None = None) -> Any:  # noqa: ANN401 - any JSON value
        """Return a field, or the other one where that is missing or null."""
        value = self._data.get(name)
        return self._data.get(other) if value is None and other is not None else value

    def part(self, name: str, other: str | None = None) -> Part:
        """Return an object field; an empty one where there is none."""
        value = self.take(name, other)
        return Part(value) if isinstance(value, dict) else NOTHING

    def parts(self, name: str, other: str | None = None) -> list[Part]:
        """Return the objects of a list field; what is no object is left out."""
        value = self.take(name, other)
        if not value or not isinstance(value, list):
            return []
        return [Part(one) for one in value[:MAX_LIST_ITEMS] if isinstance(one, dict)]

    def text(self, name: str, other: str | None = None, *, limit: int = MAX_SHORT_CHARS) -> str | None:
        """Return a short text field, cleaned; None where there is none or it is empty."""
        value = self.take(name, other)
        if not isinstance(value, str):
            return None
        if len(value) <= limit and value.isascii() and value.isprintable():  # most are, and need no cleaning
            return value or None
        return clean_text(value[:limit])[0] or None

    def body(self, name: str) -> tuple[str, tuple[str, ...]]:
        """Return a text of any length, cleaned, and warnings; empty where there is none, as under a picture alone."""
        value = self.take(name)
        if value is not None and not isinstance(value, str):
            raise FieldError(name, "is no text")
        return clean_text(value or "")

    def number(self, name: str, other: str | None = None) -> int | None:
        """Return a whole number, or None."""
        value = self.take(name, other)
        return value if type(value) is int and -MAX_NUMBER < value < MAX_NUMBER else None  # a truth value is none


class Fields(Part):
    """A whole item; every read notes the name, `unknown` tells what was never read."""

    __slots__ = ("_read",)

    def __init__(self, data: object) -> None:
        if not isinstance(data, dict):  # as JSON's objects are; asking for any mapping takes three times as long
            raise FieldError("item", f"is {type(data).__name__}, not an object")
        self._data = data
        self._read: set[str] = set()

    def take(self, name: str, other: str | None = None) -> Any:  # noqa: ANN401 - any JSON value
        """Return a field, or the other one where that is missing or null; both count as read."""
        self._read.add(name)
        value = self._data.get(name)
        if other is not None:
            self._read.add(other)
            if value is None:
                return self._data.get(other)
        return value

    def whole(self, name: str) -> Fields:
        """Return an object field whose own reads are noted as well; an empty one where there is none."""
        value = self.take(name)
        return Fields(value if isinstance(value, dict) else {})

    def unknown(self, known: frozenset[str]) -> set[str]:
        """Return the names that nobody asked for and that are not known."""
        unread = self._data.keys() - self._read - known
        return {clean_text(str(name)[:100])[0] for name in unread} if unread else set()

    def keep(self, allowed: frozenset[str]) -> dict[str, Any]:
        """Return the allowed fields that are numbers, truth values or short texts."""
        kept: dict[str, Any] = {}
        if not allowed:
            return kept
        for name in sorted(allowed & self._data.keys()):
            value = self._data[name]
            if isinstance(value, str):
                kept[name] = clean_text(value[:MAX_SHORT_CHARS])[0]
            elif isinstance(value, bool) or _is_finite(value) or self.number(name) is not None:
                kept[name] = value
        return kept


NOTHING = Part({})
"""Stands for every part that is missing."""


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def settle_created_at(claimed: datetime | None, *, collected_at: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Return a believable time of posting and a warning where the claimed one is not."""
    if claimed is None:
        return collected_at, ("date_unreadable",)
    if claimed > collected_at + FUTURE_TOLERANCE:
        return collected_at, ("date_in_future",)
    if claimed < EARLIEST_AT:
        return collected_at, ("date_too_old",)
    return claimed, ()


def read_iso(value: object) -> datetime | None:
    """Return an ISO 8601 time in UTC, or None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is UTC:
            return moment
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_epoch(value: object) -> datetime | None:
    """Return a time given in seconds since 1970, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_degrees(value: object, *, limit: int) -> float | None:
    """Return a latitude or longitude, or None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= limit:
        return None
    return float(value)


def digest_item(source: str, item: object) -> str:
    """Return the identity of an item that has none of its own: the same item is set aside once."""
    canonical = json.dumps(item, sort_keys=True, default=repr).encode("utf-8", "surrogatepass")
    return f"{source}:{hashlib.sha256(canonical).hexdigest()[:24]}"
