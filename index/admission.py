"""What every engine asks of a document before it stores it, so that both refuse the same ones."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from operator import attrgetter

import msgspec

from index.document import Document
from index.tokens import canonical_stems

MAX_ID_BYTES = 512
"""Elasticsearch takes no longer `_id`."""
MAX_KEYWORD = 1_000
MAX_VERSION = 2**62
"""Versions are positive 64-bit integers (sidak.ids.document_version)."""

KEYWORDS = (
    "source", "lane", "post_kind", "visibility", "author_key", "model", "language", "kind", "category",
    "area_code", "area_level", "incident_id", "incident_link", "state",
)  # fmt: skip
"""Fields that are compared whole."""
_NUMBERS = ("report_probability", "category_probability", "area_probability", "urgency")
_TIMES = ("created_at", "collected_at", "edited_at", "analyzed_at", "state_at")
_read_keywords, _read_numbers, _read_times = (attrgetter(*names) for names in (KEYWORDS, _NUMBERS, _TIMES))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def admit_document(document: Document) -> tuple[Document, bytes]:
    """Return a document with canonical stems and its JSON form; raises ValueError with the reason where it is unfit."""
    _check(document)
    stems = canonical_stems(document.stems)
    admitted = document if stems == document.stems else msgspec.structs.replace(document, stems=stems)
    try:
        return admitted, msgspec.json.encode(admitted)
    except UnicodeEncodeError as exc:
        raise ValueError(f"holds characters that cannot be stored: {exc.reason}") from exc


def to_millis(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970 (rounded down), the precision that engines sort and filter by."""
    delta = moment - _EPOCH
    return delta.days * 86_400_000 + delta.seconds * 1_000 + delta.microseconds // 1_000


def _check(document: Document) -> None:
    if not document.id or len(document.id.encode("utf-8", "replace")) > MAX_ID_BYTES:
        raise ValueError(f"id: must have 1 to {MAX_ID_BYTES} bytes")
    if not 0 <= document.version < MAX_VERSION:
        raise ValueError(f"version: {document.version} is not between 0 and {MAX_VERSION}")
    for name, value in zip(KEYWORDS, _read_keywords(document), strict=True):
        if value and len(value) > MAX_KEYWORD:
            raise ValueError(f"{name}: longer than {MAX_KEYWORD} characters")
    for name, number in zip(_NUMBERS, _read_numbers(document), strict=True):
        if number and not math.isfinite(number):
            raise ValueError(f"{name}: not a finite number")
    if any(abs(amount) >= 2**63 for amount in document.amounts):
        raise ValueError("amounts: larger than a 64-bit integer")
    for name, moment in zip(_TIMES, _read_times(document), strict=True):
        if moment is not None and moment.tzinfo is None:
            raise ValueError(f"{name}: a time without its time zone")
