"""Redaction: personal data replaced by what it was, and evidence moved to where its words now stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from sidak.models import Evidence, PersonalData

LABELS = {
    "PHONE": "TELEPON",
    "NIK": "NIK",
    "KK": "KK",
    "NPWP": "NPWP",
    "NIP": "NIP",
    "SIM": "SIM",
    "PASSPORT": "PASPOR",
    "EMAIL": "EMAIL",
    "PLATE": "PLAT",
    "ACCOUNT": "REKENING",
    "CARD": "KARTU",
    "IMEI": "IMEI",
    "NAME": "NAMA",
    "ADDRESS": "ALAMAT",
    "HANDLE": "AKUN",
    "SOCIAL_URL": "TAUTAN",
    "BIRTH_DATE": "TANGGAL_LAHIR",
}
_OTHER = "DATA_PRIBADI"


def mask(type: str) -> str:
    """Return what stands in place of personal data of a type, for example "[TELEPON]"."""
    return f"[{LABELS.get(type, _OTHER)}]"


def redact(
    text: str, personal_data: Iterable[PersonalData], evidence: Iterable[Evidence] = ()
) -> tuple[str, tuple[Evidence, ...]]:
    """Mask personal data and move the evidence along.

    No masked character survives. Evidence points to the same words in the redacted text; what of it is masked is
    cut away, so that evidence around a mask becomes two pieces, and wholly masked evidence none.
    """
    gaps, parts = _gaps(text, personal_data)
    moved = [
        Evidence(start=piece_start, end=piece_end, why=each.why)
        for each in evidence
        for piece_start, piece_end in _pieces(each.start, each.end, gaps, text)
    ]
    return "".join(parts), tuple(moved)


def _gaps(text: str, personal_data: Iterable[PersonalData]) -> tuple[list[tuple[int, int, int]], list[str]]:
    """Return the kept stretches as (start, end, shift to the new text), and the parts of the new text."""
    gaps: list[tuple[int, int, int]] = []
    parts: list[str] = []
    position, length = 0, 0
    for span in sorted(personal_data, key=lambda span: span.start):
        start, end = max(span.start, position), min(span.end, len(text))
        if end <= start:
            continue
        gaps.append((position, start, length - position))
        label = mask(span.type)
        parts += [text[position:start], label]
        length += start - position + len(label)
        position = end
    gaps.append((position, len(text), length - position))
    parts.append(text[position:])
    return gaps, parts


def _pieces(start: int, end: int, gaps: Sequence[tuple[int, int, int]], text: str) -> Iterable[tuple[int, int]]:
    first = max(bisect_right(gaps, start, key=lambda gap: gap[0]) - 1, 0)
    for gap_start, gap_end, shift in gaps[first:]:
        if gap_start >= end:
            break
        piece_start, piece_end = max(start, gap_start), min(end, gap_end)
        if piece_start < piece_end and text[piece_start:piece_end].strip():
            yield piece_start + shift, piece_end + shift
