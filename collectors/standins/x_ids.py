"""Ids of the X stand-in: snowflakes, so that order of ids is order of posting and `since_id` means something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collectors.standins.scenario import Item
from collectors.standins.world import number_of

EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
"""Zero of X's snowflake ids."""
_SEQUENCE_BITS = 22


def post_id(item: Item, version: int = 0) -> int:
    """Id of one version of a post; each edit has its own."""
    return first_id_at(item.versions[version].at) | item.number


def first_id_at(moment: datetime) -> int:
    """The smallest id that a post of `moment` may have; 0 before the epoch."""
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1)) << _SEQUENCE_BITS


def moment_of(id: int) -> datetime:
    """When an id was given out."""
    return EPOCH + timedelta(milliseconds=id >> _SEQUENCE_BITS)


def user_id(handle: str) -> str:
    """Account id of a handle, always the same."""
    return str(1_400_000_000_000_000_000 + number_of(handle.casefold(), below=1 << 32) * 97)


def place_id(name: str) -> str:
    """Id of a place, 16 hexadecimal digits like X's."""
    return f"{number_of(name, below=1 << 32):08x}{number_of(name[::-1], below=1 << 32):08x}"
