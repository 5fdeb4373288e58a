"""The detectors of lokal-id ("Samaran") behind a cheap look, in windows, so that long texts stay affordable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lokal.samaran import detect_pii

from sidak.models import PersonalData

# Left out: NAME takes time quadratic in the text and takes "Pak Wabup" for a name; BANK_ACCOUNT takes sums and
# PLATE takes house numbers, so ours are used; ADDRESS and GEO are what an inspector needs to go there; the
# attributes (health, religion, money) are what complaints are about.
_TYPES = (
    *("NIK", "KK", "NPWP", "PASSPORT", "SIM", "NIP", "BPJS", "NISN", "AKTA"),
    *("PHONE", "EMAIL", "CARD", "IP", "BIRTH_DATE"),
)

_WORTH_A_LOOK = re.compile(r"\d{4}|\d[ .\-]\d|@|\blahir\b", re.IGNORECASE)
# Without a digit only an address, a label with its value, or a number in words can be what the library looks for; the
# accounts ("@nama") that most posts mention are found by our own patterns.
_DIGITLESS = re.compile(r"[^\s@]@|[:=<|\n\r(\[{\t]|%40|\bdelapan\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SURROGATES = re.compile("[\ud800-\udfff]")
_RUPIAH_BEFORE = re.compile(r"(?i)\brp[. :]{0,3}$")
_WINDOW = 1_500
_OVERLAP = 100
_MAX_CHARS = 60_000


def find_by_library(text: str) -> Iterator[PersonalData]:
    """Yield what the library finds; they may overlap. Beyond 60,000 characters only our own patterns look."""
    for start in range(0, min(len(text), _MAX_CHARS), _WINDOW - _OVERLAP):
        window = text[start : start + _WINDOW]
        if not _WORTH_A_LOOK.search(window) or not (_DIGIT.search(window) or _DIGITLESS.search(window)):
            continue
        clean = _SURROGATES.sub("?", window)
        for match in detect_pii(clean, types=_TYPES):
            if not _RUPIAH_BEFORE.search(clean, max(0, match.start - 6), match.start):
                yield PersonalData(type=match.type, start=start + match.start, end=start + match.end)
