"""The detectors of lokal-id ("Samaran") behind a cheap look, in windows, so that long texts stay affordable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.personal_data.checks import is_imei, is_latitude
from nlp.personal_data.look import words_of
from sidak.models import PersonalData

# Left out: NAME takes time quadratic in the text and takes "Pak Wabup" for a name; BANK_ACCOUNT takes sums and
# PLATE takes house numbers, so ours are used; ADDRESS and GEO are what an inspector needs to go there; the
# attributes (health, religion, money) are what complaints are about.
_TYPES = (
    *("NIK", "KK", "NPWP", "PASSPORT", "SIM", "NIP", "BPJS", "NISN", "AKTA"),
    *("PHONE", "EMAIL", "CARD", "IP", "BIRTH_DATE"),
)

# What the library finds and our own patterns do not: numbers of ten digits and more, passports, dates of birth,
# certificates, addresses of machines, and mail or telephone numbers that are spelled out. Nothing else is worth its
# millisecond.
_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){9}")
_LONG_DIGITS = 10
_MACHINE_DIGITS, _MACHINE_DOTS = 4, 3
_MACHINE = re.compile(r"(?!\d{1,3}(?:\.\d{3}){3})\d{1,3}\.\d{1,3}\.\d{1,3}\.\d")
_SPELLED_AT = re.compile(r"%40|[\[({][ ]?at[ ]?[\])}]", re.IGNORECASE)
LIBRARY_CUES = frozenset(b"lahir kelahiran ttl dob birth born delapan paspor passport akta sim nip nisn npwp".split())
_SURROGATES = re.compile("[\ud800-\udfff]")
_RUPIAH_BEFORE = re.compile(r"(?i)\brp[. :]{0,3}$")
_WINDOW = 1_500
_OVERLAP = 100
_MAX_CHARS = 60_000


def find_by_library(text: str) -> Iterator[PersonalData]:
    """Yield what the library finds; they may overlap. Beyond 60,000 characters only our own patterns look."""
    for start in range(0, min(len(text), _MAX_CHARS), _WINDOW - _OVERLAP):
        window = text[start : start + _WINDOW]
        if not _is_worth_reading(window):
            continue
        from lokal.samaran import detect_pii  # a third of a second to import, for few texts

        clean = _SURROGATES.sub("?", window)
        for match in detect_pii(clean, types=_TYPES):
            first, last = match.start, match.end
            if _RUPIAH_BEFORE.search(clean, max(0, first - 6), first) or is_latitude(clean, first, last):
                continue
            type = "IMEI" if match.type == "CARD" and is_imei(match.value) else match.type
            yield PersonalData(type=type, start=start + first, end=start + last)


def _is_worth_reading(window: str) -> bool:
    look = words_of(window)
    if not LIBRARY_CUES.isdisjoint(look.keys):
        return True
    return bool(
        (look.digits >= _LONG_DIGITS and _LONG_NUMBER.search(window))
        or (look.digits >= _MACHINE_DIGITS and window.count(".") >= _MACHINE_DOTS and _MACHINE.search(window))
        or ((b"at" in look.keys or "%40" in window) and _SPELLED_AT.search(window))
    )
