"""A text as the detectors read it: digits of any script as 0 to 9, wide letters as a to z, nothing hidden in between.

Search finds a number however its digits are drawn, so they must be masked however they are drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from nlp.words import INVISIBLE, leave_out

_ODD = re.compile(r"[^\D0-9]|[\u2460-\u2468\u24ea\uff01-\uff0f\uff1a-\uff5e\u2000-\u200a\u202f\u205f\u3000]")
"""Digits beyond 0 to 9 (in circles too), wide letters and marks, blanks of other widths: each stands for one plain."""
_HIDDEN = re.compile(f"[{INVISIBLE}]+|\ufe0f?\u20e3")
"""What shows nothing, and the frame that makes a digit a key."""


def plain_text(text: str) -> tuple[str, Sequence[int] | None]:
    """Return a text as it is to be read, and where each of its characters stood; None where nothing has moved."""
    if text.isascii():
        return text, None
    return leave_out(_HIDDEN, _ODD.sub(_plain, text))


def _plain(match: re.Match[str]) -> str:
    sign = match.group()
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    return " " if sign.isspace() else unicodedata.normalize("NFKC", sign)
