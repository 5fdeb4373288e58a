"""Ids of the Reddit stand-in: base 36, growing with time; `t1_` is a comment, `t3_` a submission."""

from __future__ import annotations

from collectors.standins.scenario import Item
from collectors.standins.world import number_of

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def to_base36(number: int) -> str:
    """A positive number in base 36."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def thing_id(item: Item) -> str:
    """Id without the kind."""
    return to_base36((int(item.created_at.timestamp()) << 12) | (item.number & 0xFFF))


def fullname(item: Item) -> str:
    """Id with the kind in front."""
    return f"{'t1' if item.reply_to else 't3'}_{thing_id(item)}"


def author_fullname(handle: str) -> str:
    """`t2_` id of an account."""
    return f"t2_{to_base36(number_of(handle, below=1 << 32) + 36**5)}"


def subreddit_fullname(name: str) -> str:
    """`t5_` id of a subreddit."""
    return f"t5_{to_base36(number_of(name.casefold(), below=1 << 30) + 36**4)}"
