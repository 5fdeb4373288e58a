"""Mastodon's numbers carry the moment of posting: milliseconds above 16 bits of sequence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SEQUENCE_BITS = 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_id_at(moment: datetime) -> int:
    """Return the smallest number of a moment."""
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1)) << SEQUENCE_BITS


def span_of(stretch: timedelta) -> int:
    """Return a stretch of time in numbers."""
    return (stretch // timedelta(milliseconds=1)) << SEQUENCE_BITS


def read_id(value: object) -> int | None:
    """Return a number that Mastodon gave, or None for anything else."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        return None
    return int(value)
