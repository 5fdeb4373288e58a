"""X's post numbers carry the moment they were given out: order of numbers is order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
"""Zero of the numbers; they count milliseconds above 22 bits of sequence."""
SEQUENCE_BITS = 22
MAX_ID = (1 << 63) - 1


def first_id_at(moment: datetime) -> int:
    """Return the smallest number of a moment."""
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1)) << SEQUENCE_BITS


def moment_of(id: int) -> datetime:
    """Return when a number was given out."""
    return EPOCH + timedelta(milliseconds=id >> SEQUENCE_BITS)


def span_of(stretch: timedelta) -> int:
    """Return a stretch of time in numbers."""
    return (stretch // timedelta(milliseconds=1)) << SEQUENCE_BITS


def read_id(value: object) -> int | None:
    """Return a post's number, or None for anything else."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        return None
    number = int(value)
    return number if 0 < number <= MAX_ID else None
