"""Numbers that carry the moment they were given out: milliseconds since an epoch, above bits of sequence."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

_MILLISECOND = timedelta(milliseconds=1)
_MOST_DIGITS = 19


class Snowflake(msgspec.Struct, frozen=True, kw_only=True):
    """How one platform numbers: order of numbers is order of time."""

    epoch: datetime
    """Zero of the numbers."""
    sequence_bits: int

    def first_id_at(self, moment: datetime) -> int:
        """Return the smallest number of a moment."""
        return max(0, (moment - self.epoch) // _MILLISECOND) << self.sequence_bits

    def moment_of(self, id: int) -> datetime:
        """Return when a number was given out."""
        return self.epoch + timedelta(milliseconds=id >> self.sequence_bits)

    def span_of(self, stretch: timedelta) -> int:
        """Return a stretch of time in numbers."""
        return (stretch // _MILLISECOND) << self.sequence_bits


def read_number(value: object) -> int | None:
    """Return a number that a platform wrote in digits, or None for anything else."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > _MOST_DIGITS:
        return None
    return int(value)
