"""X's post numbers carry the moment they were given out: order of numbers is order of time."""

from __future__ import annotations

from datetime import UTC, datetime

from collectors.snowflake import Snowflake, read_number

NUMBERS = Snowflake(epoch=datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC), sequence_bits=22)
MAX_ID = (1 << 63) - 1

first_id_at = NUMBERS.first_id_at
moment_of = NUMBERS.moment_of
span_of = NUMBERS.span_of


def read_id(value: object) -> int | None:
    """Return a post's number, or None for anything else."""
    number = read_number(value)
    return number if number is not None and 0 < number <= MAX_ID else None
