"""Which kind of long number it is: by its check digit, by what it is made of, by the number after it."""

from __future__ import annotations

import re

_FRACTION = re.compile(r"0\.\d{4,}")
_LONGITUDE = re.compile(r"[,; ]{1,3}(?:9[5-9]|1[0-4]\d)\.\d{2}")
"""Of Indonesia: 95 to 141 degrees east."""
_CARD_STARTS = frozenset("3456")
_IMEI_DIGITS = 15
_AMERICAN_EXPRESS = ("34", "37")
"""The only cards of fifteen digits; other numbers of that length and with that check digit are of telephones."""


def is_card(number: str) -> bool:
    """Tell a card's number from a NIK, both of sixteen digits."""
    from lokal.nik import parse_nik  # a third of a second to import, for what hardly any text holds

    digits = _digits(number)
    return digits[:1] in _CARD_STARTS and _is_checked(digits) and not parse_nik(digits).valid


def is_imei(number: str) -> bool:
    """Tell the number of a telephone itself from a card's, where the check digit is right."""
    digits = _digits(number)
    return len(digits) == _IMEI_DIGITS and not digits.startswith(_AMERICAN_EXPRESS) and _is_checked(digits)


def is_latitude(text: str, start: int, end: int) -> bool:
    """Tell a latitude near the equator, a longitude after it, from a telephone number that begins with "0.8"."""
    return bool(_FRACTION.fullmatch(text, start, end) and _LONGITUDE.match(text, end))


def _digits(number: str) -> str:
    return "".join(sign for sign in number if "0" <= sign <= "9")


def _is_checked(digits: str) -> bool:
    """Tell whether the last digit is right (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0
