"""Patterns of personal data that have a form: numbers, addresses of mail and accounts, plates.

Every pattern has bounded repeats, so that the time is linear in the text. A number counts as an amount, not
as an account, where "Rp" stands before it or it is grouped in thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.components.personal_data_words import load_words
from sidak.models import PersonalData

_DIGIT = re.compile(r"\d")
_NUMBER_MIN_DIGITS = 7
# Blanks, dots, hyphens, brackets and characters that show nothing may stand between digits.
_SEP = r"[ \t.()\-\u00a0\u00ad\u200b-\u200f\u2060\u2010-\u2015\ufeff]{0,3}"
_MOBILE = re.compile(rf"(?<![\d])(?:\+{_SEP}6{_SEP}2|6{_SEP}2|0){_SEP}8(?:{_SEP}\d){{7,12}}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.,])\(?(?:\+62[ \-]?|0)[2-7,9]\d{1,2}\)?[ \-]\d{3,4}[ \-]?\d{3,4}(?!\d)")
_CALLED = re.compile(
    r"(?i)(?<!\w)(?:wa|whatsapp|hp|telp|tlp|telpon|telepon|phone|hubungi|kontak|contact|cp|sms)\b"
    rf"[^\d\n]{{0,12}}((?:\+{_SEP})?\d(?:{_SEP}\d){{6,14}})(?!\d)"
)
_SIXTEEN = re.compile(r"(?<!\d)\d(?:[ .\-\u00a0\u200b-\u200f\u2060\ufeff]?\d){15}(?!\d)")
_EIGHTEEN = re.compile(r"(?<!\d)(?:19|20)\d{6}[ .\-]?\d{6}[ .\-]?\d[ .\-]?\d{3}(?!\d)")
_NPWP = re.compile(r"(?<!\d)\d{2}\.?\d{3}\.?\d{3}\.?\d-\d{3}\.?\d{3}(?!\d)")
_NPWP_NAMED = re.compile(r"(?i)\bnpwp\b[^\d\n]{0,12}(\d(?:[ .\-]?\d){14,15})(?!\d)")
_NIK_NAMED = re.compile(r"(?i)\b(nik|ktp|kk|kartu keluarga)\b[^\d\n]{0,15}(\d(?:[ .\-]?\d){9,17})(?!\d)")
_EMAIL = re.compile(r"[\w.+%\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
_HANDLE = re.compile(r"(?<![\w@])@[\w.]{2,40}(?:@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5})?")
_REDDIT_USER = re.compile(r"(?<![\w/])/?u/[\w\-]{3,20}(?![\w\-])")
_SOCIAL_URL = re.compile(
    r"(?i)(?<![\w.])(?:https?://)?(?:(?:www|m|web|mobile)\.)?"
    r"(?:(?:facebook\.com|fb\.com|fb\.me|instagram\.com|twitter\.com|x\.com|tiktok\.com|threads\.net|t\.me|wa\.me|"
    r"api\.whatsapp\.com|linkedin\.com/in|bsky\.app/profile|reddit\.com/u(?:ser)?)/"
    r"|youtube\.com/(?:@|c/|user/|channel/))[^\s<>\"]{1,200}"
)
_REGIONS = "A[ABDEGA]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNRST]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[ABGSTY]?|R|S|T|W|Z"
_PLATE = re.compile(rf"(?<![A-Za-z0-9])(?:{_REGIONS})[ \-]?(\d{{1,4}})[ \-]?([A-Z]{{1,3}})(?![A-Za-z0-9])")
_PLATE_NAMED = re.compile(
    r"(?i)\b(?:plat|plate|nopol|no\.? ?pol|nomor polisi|tnkb|berplat|berpelat|pelat)\b[^\n\d]{0,20}?"
    rf"(?<![a-z0-9])((?:{_REGIONS})[ \-]?\d{{1,4}}[ \-]?[a-z]{{0,3}})(?![a-z0-9])"
)
_NO_PLATE_BEFORE = re.compile(
    r"(?i)(?:blok|blk|no|nomor|gang|gg|unit|kav|kavling|lantai|lt|tipe|type|kelas)[.: ]{0,2}$"
)
_UNITS = frozenset(["CM", "M", "KM", "KG", "MM", "ML", "HA", "WIB", "WITA", "WIT", "RB", "JT", "JAM", "AM", "PM", "K"])
_ACCOUNT = re.compile(
    r"(?i)\b(rek|rekening|norek|no\.? ?rek|a/c|bca|bri|bni|mandiri|bsi|btn|bpd|jago|cimb|danamon|permata|"
    r"bank \w{2,12})\b"
    r"[^\d\n]{0,30}(\d(?:[ .\-]?\d){7,17})(?!\d)"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_RUPIAH_BEFORE = re.compile(r"(?i)\brp[. :]{0,3}$")
_RUPIAH_AFTER = re.compile(r"(?i)[ ,.\-]{0,3}(?:ribu|rb|juta|jt|miliar|milyar|rupiah)\b")


def find_patterned(text: str, *, kept_handles: frozenset[str] = frozenset()) -> Iterator[PersonalData]:
    """Yield personal data with a form of their own; they may overlap. `kept_handles` are accounts left readable."""
    digits = len(_DIGIT.findall(text))
    if digits >= _NUMBER_MIN_DIGITS:
        yield from _find_numbers(text)
        yield from _find_accounts(text)
    if digits:
        yield from _find_plates(text)
    if "@" in text:
        yield from _find_addressed(text, kept_handles)
    if "/" in text:
        yield from _find_linked(text)


def _find_numbers(text: str) -> Iterator[PersonalData]:
    for pattern, type, group in (
        (_EIGHTEEN, "NIP", 0),
        (_NPWP, "NPWP", 0),
        (_NPWP_NAMED, "NPWP", 1),
        (_MOBILE, "PHONE", 0),
        (_LANDLINE, "PHONE", 0),
        (_CALLED, "PHONE", 1),
    ):
        for match in pattern.finditer(text):
            if not _is_amount(text, match.start(group), match.end(group)):
                yield _span(type, match, group)
    for match in _NIK_NAMED.finditer(text):
        yield _span(
            "KK" if match.group(1).lower().startswith("k") and match.group(1).lower() != "ktp" else "NIK", match, 2
        )
    for match in _SIXTEEN.finditer(text):
        if not _is_amount(text, *match.span()):
            before = text[max(0, match.start() - 30) : match.start()].lower()
            yield _span("KK" if re.search(r"\b(?:kk|kartu keluarga)\b", before) else "NIK", match)


def _find_accounts(text: str) -> Iterator[PersonalData]:
    for match in _ACCOUNT.finditer(text):
        named = "rek" in match.group(1).lower() or match.group(1).lower() == "a/c"
        round_sum = match.group(2).endswith("000") and not named
        if not round_sum and not _is_amount(text, match.start(2), match.end(2)):
            yield _span("ACCOUNT", match, 2)


def _find_plates(text: str) -> Iterator[PersonalData]:
    for match in _PLATE_NAMED.finditer(text):
        yield _span("PLATE", match, 1)
    for match in _PLATE.finditer(text):
        digits, suffix = match.groups()
        before = text[max(0, match.start() - 12) : match.start()]
        enough = len(digits) >= 3 or (len(digits) == 2 and len(suffix) >= 2)
        if enough and suffix not in _UNITS and not _NO_PLATE_BEFORE.search(before):
            yield _span("PLATE", match)


def _find_addressed(text: str, kept_handles: frozenset[str]) -> Iterator[PersonalData]:
    for match in _EMAIL.finditer(text):
        yield _span("EMAIL", match)
    office = load_words().office_handles
    for match in _HANDLE.finditer(text):
        handle = match.group()[1:].lower().rstrip(".")
        if handle not in kept_handles and not any(part in handle for part in office):
            yield _span("HANDLE", match)


def _find_linked(text: str) -> Iterator[PersonalData]:
    for match in _REDDIT_USER.finditer(text):
        yield _span("HANDLE", match)
    for match in _SOCIAL_URL.finditer(text):
        yield _span("SOCIAL_URL", match)


def _is_amount(text: str, start: int, end: int) -> bool:
    return bool(
        _RUPIAH_BEFORE.search(text, max(0, start - 6), start)
        or _THOUSANDS.fullmatch(text, start, end)
        or _RUPIAH_AFTER.match(text, end)
    )


def _span(type: str, match: re.Match[str], group: int = 0) -> PersonalData:
    return PersonalData(type=type, start=match.start(group), end=match.end(group))
