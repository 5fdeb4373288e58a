"""Numbers in words and digits over the folded words of a text: "dua puluh lima", "seket", "1.500.000", "2,5"."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from nlp.places.tokens import Tokens

LONGEST_DIGITS = 15
_MOST_GROUPS = 6
HALF = "setengah"


class Number(NamedTuple):
    """A number at words up to before `last`; `grouped` where thousands are set apart, `written` its digits if any."""

    value: Decimal
    last: int
    written: str = ""
    grouped: bool = False


@cache
def read_words() -> dict[str, Any]:
    """Read the packaged number words once."""
    return tomllib.loads(files("nlp").joinpath("data/numbers/words.toml").read_text(encoding="utf-8"))


def read_digits(tokens: Tokens, at: int) -> Number | None:
    """Read digits from word `at` on with their groups; None where they are too long for a number."""
    last = at + 1
    if not _is_digits(tokens.keys[at]):
        return None
    end = min(len(tokens), at + _MOST_GROUPS + 1)  # of "1.1.1.1..." no more is read than shows that it is no number
    while last < end and _joined(tokens, last - 1, ".,") and _is_digits(tokens.keys[last]):
        last += 1
    groups = tokens.keys[at:last]
    if len(groups) > _MOST_GROUPS or sum(map(len, groups)) > LONGEST_DIGITS:
        return None
    written = tokens.text[tokens.starts[at] : tokens.ends[last - 1]]
    return Number(_value(groups, written), last, written, _is_grouped(groups))


def read_number_words(tokens: Tokens, at: int) -> Number | None:
    """Read a number below a thousand in words from word `at` on; None where none stands there."""
    words = read_words()
    ones, whole = words["ones"], words["whole"]
    first, value, unit, lowest = at, 0, 0, 1000
    while at < len(tokens) and (at == first or tokens.tied(at - 1)):
        key = tokens.keys[at]
        if key in ones and not unit and lowest > 1:
            unit = ones[key]
        elif key in whole and not unit and whole[key] < lowest:
            value, lowest = value + whole[key], 100 if whole[key] % 100 == 0 else 1
        elif unit and lowest > 10 and key in words["teens"]:
            value, unit, lowest = value + unit + 10, 0, 1
        elif unit and lowest > 10 and key in words["tens"]:
            value, unit, lowest = value + unit * 10, 0, 10
        elif unit and lowest > 100 and key in words["hundreds"]:
            value, unit, lowest = value + unit * 100, 0, 100
        else:
            break
        at += 1
    if at < len(tokens) and tokens.keys[at] == HALF and (at == first or tokens.tied(at - 1)):
        return Number(Decimal(value + unit) + Decimal("0.5"), at + 1)
    return Number(Decimal(value + unit), at) if at > first else None


def _joined(tokens: Tokens, at: int, by: str) -> bool:
    """Whether exactly one character, one of `by`, stands between a word and the next."""
    end = tokens.ends[at]
    return tokens.starts[at + 1] - end == 1 and tokens.text[end] in by


def _is_digits(key: str) -> bool:
    return key.isascii() and key.isdigit()


def _is_grouped(groups: list[str]) -> bool:
    return len(groups) > 1 and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])


def _value(groups: list[str], written: str) -> Decimal:
    """Read "1.500.000", "1.500,50" and "2,5"; whoever knows a scale word reads "1,250 juta" again."""
    if len(groups) == 1 or _is_grouped(groups):
        return Decimal("".join(groups))
    last_mark = written[-len(groups[-1]) - 1]
    if len(groups) > 2 and written.count(last_mark) > 1:
        return Decimal("".join(groups))
    return Decimal(f"{''.join(groups[:-1])}.{groups[-1]}")
