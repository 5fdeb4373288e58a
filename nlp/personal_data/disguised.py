"""Telephone numbers that are not written in digits alone: letters for digits, words, crosses, a line's end between.

Each must begin as a mobile number does, "08" or "628": sums, laws, dates, plates and roads hardly ever do. As in
`patterns.py`, repeats are bounded and nothing is tried before a cheap look has seen what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.personal_data.look import Look, words_of
from sidak.models import PersonalData

_SEP = r"[ \t.()\-\u00a0\u2010-\u2015]{0,3}"
_FEWEST_DIGITS = 6
"""With fewer digits to be read the others cannot be guessed."""
_MIXED = re.compile(rf"(?<![^\W_])(?:\+?6{_SEP}2{_SEP}8|0[8B]|[Oo]8)(?:{_SEP}[\dOoIlxX*•]){{7,12}}(?![^\W_])")
"""Also what is of digits alone, and is left to `patterns.py`."""
_CROSS, _CROSSES = re.compile("[xX*•]"), re.compile("[xX*•]{2}")
_UNIT = r"(?:\d|nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|lapan|sembilan)"
_SPELLED_SEP = r"[ \t.,\-\u00a0]{0,3}"
_SPELLED = re.compile(
    rf"(?<!\w)(?:0|nol|kosong|\+?(?:6|enam){_SPELLED_SEP}(?:2|dua)){_SPELLED_SEP}(?:8|delapan|lapan)"
    rf"(?:{_SPELLED_SEP}{_UNIT}){{7,12}}(?!\w)",
    re.IGNORECASE,
)
_NUMBER_WORDS = frozenset(b"nol kosong satu dua tiga empat lima enam tujuh delapan lapan sembilan".split())
SPELLED_CUES = frozenset((b"delapan", b"lapan"))
"""Where no digit stands, the "8" of such a number is a word."""
_BROKEN = re.compile(
    rf"(?<!\d)((?:\+?6{_SEP}2{_SEP}|0{_SEP})8(?:{_SEP}\d){{2,8}})[ \t\-]{{0,3}}\r?\n[ \t]{{0,3}}"
    r"(\d(?:[ \-]?\d){1,7}|\d(?=[ \t]{0,3}(?:\r?\n|$)))"
    r"(?!\d|[.,:/\-]\d|[.):](?:\s|$)|%| ?(?:rb|ribu|jt|juta|rupiah|wib|wita|wit)\b)",
    re.IGNORECASE,
)
_MOST_BEFORE_BREAK = 10
"""A longer number is whole, and the next line a line of its own."""
_WHOLE = range(10, 14)


def find_disguised(text: str) -> Iterator[PersonalData]:
    """Yield such numbers; they may overlap with others."""
    look = words_of(text)
    if look.digits >= _FEWEST_DIGITS:
        for match in _MIXED.finditer(text):
            if _is_mixed(match.group()):
                yield _span(match)
        if "\n" in text:
            for match in _BROKEN.finditer(text):
                if _is_broken(*match.groups()):
                    yield _span(match)
    if _may_be_spelled(look):
        for match in _SPELLED.finditer(text):
            yield _span(match)


def _is_mixed(written: str) -> bool:
    """Tell whether enough digits are left; crosses stand together, those of "08 x 12 x 300" are no digits."""
    crosses = _CROSS.search(written) is None or _CROSSES.search(written) is not None
    return crosses and not written.replace(".", "").isdecimal() and sum(map(str.isdecimal, written)) >= _FEWEST_DIGITS


def _is_broken(before: str, after: str) -> bool:
    """Tell whether two lines are one number: the first too short for one, both together as long as one."""
    first = len(re.sub(r"\D", "", before.replace("2", "", 1) if before[0] in "+6" else before))
    return first <= _MOST_BEFORE_BREAK and first + len(re.sub(r"\D", "", after)) in _WHOLE


def _may_be_spelled(look: Look) -> bool:
    return not _NUMBER_WORDS.isdisjoint(look.keys) and (look.digits > 0 or not SPELLED_CUES.isdisjoint(look.keys))


def _span(match: re.Match[str]) -> PersonalData:
    return PersonalData(type="PHONE", start=match.start(), end=match.end())
