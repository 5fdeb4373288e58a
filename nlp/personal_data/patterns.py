"""Patterns of personal data that have a form: numbers, addresses of mail and accounts, plates.

Every pattern has bounded repeats, so that the time is linear in the text. No pattern is tried before a cheap look has
seen what it needs: a run of digits, an "@", a slash, a word. A number counts as an amount, not as an account, where
"Rp" stands before it or it is grouped in thousands; dates and public service numbers are no telephone numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache

from nlp.personal_data.checks import is_card, is_latitude
from nlp.personal_data.look import words_of
from nlp.personal_data.words import load_words
from sidak.models import PersonalData

# Blanks, dots, hyphens, brackets and characters that show nothing may stand between digits.
_SEP = r"[ \t.()\-\u00a0\u00ad\u200b-\u200f\u2060\u2010-\u2015\ufeff]{0,3}"
_SHORTEST_NUMBER = 7
_KEPT_HANDLES = 1 << 12
_RUN = re.compile(rf"\d(?:{_SEP}\d){{6}}")
"""The shortest number that can be anybody's; looked for before all others."""
_MOBILE = re.compile(rf"(?<![\d])(?:\+{_SEP}6{_SEP}2|6{_SEP}2|0){_SEP}8(?:{_SEP}\d){{7,12}}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.,])\(?(?:\+62[ \-]?|0)[2-7,9]\d{1,2}\)?[ \-]\d{3,4}[ \-]?\d{3,4}(?!\d)")
_CALLED = re.compile(
    r"(?i)(?<!\w)(?:wa|whatsapp|hp|telp|tlp|telpon|telepon|phone|hubungi|kontak|contact|cp|sms)\b"
    rf"[^\d\n]{{0,12}}((?:\+{_SEP})?\d(?:{_SEP}\d){{6,14}})(?!\d)"
)
_SIXTEEN = re.compile(r"(?<!\d)\d(?:[ .\-\u00a0\u200b-\u200f\u2060\ufeff]?\d){15}(?!\d)")
_EIGHTEEN = re.compile(r"(?<!\d)(?:19|20)\d{6}[ .\-]?\d{6}[ .\-]?\d[ .\-]?\d{3}(?!\d)")
_NPWP = re.compile(r"(?<!\d)\d{2}\.?\d{3}\.?\d{3}\.?\d-\d{3}\.?\d{3}(?!\d)")
_DATE = re.compile(r"(?:[0-3]?\d[\-./][01]?\d[\-./](?:19|20)\d\d|(?:19|20)\d\d[\-./][01]?\d[\-./][0-3]?\d)(?!\d)")
_SERVICE = re.compile(r"(?:150\d{4}|14\d{3,5}|0800\d{6,7})")
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
_SOCIAL_HOSTS = (
    *("facebook.com/", "fb.com/", "fb.me/", "instagram.com/", "twitter.com/", "x.com/", "tiktok.com/", "threads.net/"),
    *("t.me/", "wa.me/", "whatsapp.com/", "linkedin.com/", "bsky.app/", "reddit.com/", "youtube.com/"),
)
_SOCIAL_NAMED = re.compile(
    r"(?i)(?<!\w)(?:ig|instagram|insta|tiktok|twitter|telegram|tele|threads|fb|facebook|akun)(?:nya)?"
    r"(?:[ \t]{0,2}[:=][ \t]{0,2}@?|[ \t]{1,2})([a-z0-9_][\w.]{2,29})"
)
SOCIAL_CUES = frozenset(
    each + ending
    for each in (b"ig", b"instagram", b"insta", b"tiktok", b"twitter", b"telegram", b"tele", b"threads", b"fb")
    for ending in (b"", b"nya")
) | {b"facebook", b"akun", b"akunnya"}
_LOOKS_LIKE_HANDLE = re.compile(r"\w[._\d]")
_PIECES = re.compile(r"[_.\d]+")
_REGIONS = "A[ABDEGA]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNPRSTW]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[ABGSTY]?|R|S|T|W|Z"
_PLATE = re.compile(rf"(?<![A-Za-z0-9])(?:{_REGIONS})[ \-]?(\d{{1,4}})[ \-]?([A-Z]{{1,3}})(?![A-Za-z0-9])")
_PLATE_CORE = re.compile(r"[A-Z][ \-]?\d{1,4}[ \-]?[A-Z]")
"""What every such plate holds, looked for without trying each region at each letter."""
_PLATE_NAMED = re.compile(
    r"(?i)\b(?:plat|plate|nopol|no\.? ?pol|nomor polisi|tnkb|berplat|berpelat|pelat)\b[^\n\d]{0,20}?"
    rf"(?<![a-z0-9])((?:{_REGIONS})[ \-]?\d{{1,4}}[ \-]?[a-z]{{0,3}})(?![a-z0-9])"
)
_MOST_PLATE_DIGITS = 4
_PLATE_CUES = frozenset(b"plat plate nopol pol polisi tnkb berplat berpelat pelat platnya platnomor".split())
_PLATE_SMALL = re.compile(rf"(?i)(?<![a-z0-9])(?:{_REGIONS})[ \-]?\d{{3,4}}[ \-]?([a-z]{{2,3}})(?![a-z0-9])")
_VEHICLES = frozenset(
    b"mobil motor truk truck bus bis angkot pikap pickup elf avanza innova xenia vario beat nmax taksi mikrolet".split()
)
_HOUSE = re.compile(r"(?i)(?<!\w)(?:no|nomor|nmr)[.: ]{0,3}(\d{1,4}[a-z]?(?:[/\-]\d{1,3}[a-z]?)?)(?!\w)")
_HOUSE_BARE = re.compile(
    r"(?i)\b(?:jl|jln|jalan|perum|perumahan)\b[^\n,;\d]{1,40}(\d(?:\d{1,3}[a-z]?|[a-z]))[ ,.]{1,3}rt\b"
)
_HOUSE_IN_ALLEY = re.compile(r"(?i)\b(?:gang|gg)\b[^\n,;\d]{1,40}\d{1,3} (\d{1,4}[a-z]?)[ ,.]{1,3}rt\b")
_HOUSE_CUES = frozenset(b"rt rumah alamat tinggal domisili berdomisili kediaman".split())
_NUMBER_CUES = frozenset(b"no nomor nmr".split())
_ROAD_CUES = frozenset(b"jl jln jalan perum perumahan".split())
_ALLEY_CUES = frozenset(b"gang gg".split())
_RT = re.compile(r"(?i)\brt[ .:]{0,2}\d")
_HOME = re.compile(
    r"(?i)\brt[ .:]{0,2}\d|\b(?:rumah|kediaman)(?:nya| saya| kami| beliau| dia| ku)|"
    r"\balamat (?:rumah|saya|kami|pelapor|pengadu|pemohon)\b|\btinggal di\b|\bdomisili\b"
)
_NO_HOUSE_BEFORE = re.compile(
    r"(?i)\b(?:perda|perbup|uu|pp|sk|surat|pasal|rek|hp|wa|telp|pol|aduan|tiket|register)[. ]{0,2}$"
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
    words = words_of(text)
    if words.digits:
        if words.digits >= _SHORTEST_NUMBER and _RUN.search(text):
            yield from _find_numbers(text)
            yield from _find_accounts(text)
        yield from _find_plates(text, words.keys)
        if not _HOUSE_CUES.isdisjoint(words.keys):
            yield from _find_houses(text, words.keys)
    if "@" in text:
        yield from _find_addressed(text, kept_handles)
    if "/" in text:
        yield from _find_linked(text)
    if not SOCIAL_CUES.isdisjoint(words.keys):
        yield from _find_accounts_by_name(text, kept_handles)


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
            value = match.group(group)
            if pattern is _CALLED and (_DATE.match(value) or _SERVICE.fullmatch(value)):
                continue
            at = match.span(group)
            if not _is_amount(text, *at) and not is_latitude(text, *at):
                yield _span(type, match, group)
    for match in _NIK_NAMED.finditer(text):
        yield _span(
            "KK" if match.group(1).lower().startswith("k") and match.group(1).lower() != "ktp" else "NIK", match, 2
        )
    for match in _SIXTEEN.finditer(text):
        if not _is_amount(text, *match.span()):
            before = text[max(0, match.start() - 30) : match.start()].lower()
            kk = re.search(r"\b(?:kk|kartu keluarga)\b", before)
            yield _span("KK" if kk else "CARD" if is_card(match.group()) else "NIK", match)


def _find_accounts(text: str) -> Iterator[PersonalData]:
    for match in _ACCOUNT.finditer(text):
        named = "rek" in match.group(1).lower() or match.group(1).lower() == "a/c"
        round_sum = match.group(2).endswith("000") and not named
        if not round_sum and not _DATE.match(match.group(2)) and not _is_amount(text, match.start(2), match.end(2)):
            yield _span("ACCOUNT", match, 2)


def _find_plates(text: str, words: AbstractSet[bytes]) -> Iterator[PersonalData]:
    if not _PLATE_CUES.isdisjoint(words):
        for match in _PLATE_NAMED.finditer(text):
            yield _span("PLATE", match, 1)
    for match in _PLATE.finditer(text) if _PLATE_CORE.search(text) else ():
        digits, suffix = match.groups()
        enough = len(digits) >= 3 or (len(digits) == 2 and len(suffix) >= 2)
        # "L 150 CM" is a width; of four digits a plate is likelier
        if enough and _is_plate(text, match, "" if len(digits) == _MOST_PLATE_DIGITS else suffix):
            yield _span("PLATE", match)
    if not _VEHICLES.isdisjoint(words):  # then small letters are believed
        for match in _PLATE_SMALL.finditer(text):
            if _is_plate(text, match, match.group(1).upper()):
                yield _span("PLATE", match)


def _is_plate(text: str, match: re.Match[str], suffix: str) -> bool:
    return suffix not in _UNITS and not _NO_PLATE_BEFORE.search(text, max(0, match.start() - 12), match.start())


def _find_houses(text: str, words: AbstractSet[bytes]) -> Iterator[PersonalData]:
    """Yield house numbers of homes; the road, RT and RW stay, since an inspector must find the way."""
    for match in () if _NUMBER_CUES.isdisjoint(words) else _HOUSE.finditer(text):
        start, end = match.span()
        at_home = _HOME.search(text, max(0, start - 60), start) or _RT.search(text, end, end + 12)
        if at_home and not _NO_HOUSE_BEFORE.search(text, max(0, match.start() - 12), match.start()):
            yield _span("ADDRESS", match, 1)
    for pattern, cues in ((_HOUSE_BARE, _ROAD_CUES), (_HOUSE_IN_ALLEY, _ALLEY_CUES)):
        for match in pattern.finditer(text) if b"rt" in words and not cues.isdisjoint(words) else ():
            yield _span("ADDRESS", match, 1)


def _find_accounts_by_name(text: str, kept_handles: frozenset[str]) -> Iterator[PersonalData]:
    for match in _SOCIAL_NAMED.finditer(text):
        handle = match.group(1).lower().rstrip(".")
        if _LOOKS_LIKE_HANDLE.search(handle) and not _is_office(handle, kept_handles):
            yield _span("HANDLE", match, 1)


@lru_cache(_KEPT_HANDLES)
def _is_office(handle: str, kept_handles: frozenset[str]) -> bool:
    lists = load_words()
    if handle in kept_handles or any(part in handle for part in lists.office_handles):
        return True
    # A short part counts where the account, or a piece of it, begins or ends with it.
    pieces = (handle, *_PIECES.split(handle))
    return any(piece.startswith(lists.short_office_handles) for piece in pieces) or handle.endswith(
        lists.short_office_handles
    )


def _find_addressed(text: str, kept_handles: frozenset[str]) -> Iterator[PersonalData]:
    if _may_hold_mail(text):
        for match in _EMAIL.finditer(text):
            yield _span("EMAIL", match)
    for match in _HANDLE.finditer(text):
        if not _is_office(match.group()[1:].lower().rstrip("."), kept_handles):
            yield _span("HANDLE", match)


def _may_hold_mail(text: str) -> bool:
    """Whether something stands right before an "@"; before accounts there is nothing."""
    at = text.find("@", 1)
    while at > 0:
        if text[at - 1].isalnum() or text[at - 1] in "._-+%":
            return True
        at = text.find("@", at + 1)
    return False


def _find_linked(text: str) -> Iterator[PersonalData]:
    if "u/" in text:
        for match in _REDDIT_USER.finditer(text):
            yield _span("HANDLE", match)
    small = text.lower()
    if any(host in small for host in _SOCIAL_HOSTS):
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
