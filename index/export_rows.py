"""One report as analysts take it away: typed, redacted, without what would tell of authors or of restricted reports."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

import msgspec

from index.derived import derive_fields
from index.document import Document

LEFT_OUT = frozenset({
    "version",  # the engine's business
    "author_key",  # findings are never about authors
    "normalized", "stems",  # search terms, not words of the post
    "places", "evidence",  # offsets and alternatives; `area_*` and `text` hold what they come to
    "area_path",  # `area_code` and the codes of each level hold it
    "incident_id", "incident_link",  # see `incident`
})  # fmt: skip
"""Fields of the index document that no export holds, and why."""


class ExportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row; the order here is the order of the columns (their meaning: index/export_columns.toml)."""

    id: str
    source: str
    lane: str
    post_kind: str
    visibility: str
    created_at: datetime
    collected_at: datetime
    edited_at: datetime | None
    title: str | None
    text: str
    url: str | None
    language: str
    is_report: bool | None
    report_probability: float
    review: bool
    reasons: tuple[str, ...]
    kind: str | None
    category: str | None
    category_probability: float
    restricted: bool
    placed: bool
    area_code: str | None
    area_level: str | None
    area_name: str | None
    area_probability: float | None
    area_provinsi: str | None
    area_kabkota: str | None
    area_kecamatan: str | None
    area_kelurahan: str | None
    offices: tuple[str, ...]
    projects: tuple[str, ...]
    amounts: tuple[int, ...]
    urgency: float
    urgency_reasons: tuple[str, ...]
    routed_to: str | None
    routing_reason: str
    routing_check: str | None
    legal_basis: tuple[str, ...]
    personal_data: tuple[str, ...]
    incident: str | None
    state: str
    state_at: datetime | None
    decisions: int
    warnings: tuple[str, ...]
    model: str
    analyzed_at: datetime


_SAME = frozenset(ExportRow.__struct_fields__) & frozenset(Document.__struct_fields__)


def build_row(document: Document, *, key: bytes) -> ExportRow:
    """Return what is handed out of a document.

    `incident` joins reports of one incident in all exports of the deployment whose `key` it is made with: the index's
    own incident id can be computed from the id of the incident's first report, which may be restricted.
    """
    derived = derive_fields(document)
    fields = {name: getattr(document, name) for name in _SAME}
    areas = {name: derived[name] for name in derived if name in ExportRow.__struct_fields__}
    return ExportRow(**fields | areas, incident=_incident_token(document.incident_id, key))


def _incident_token(incident_id: str | None, key: bytes) -> str | None:
    if incident_id is None:
        return None
    return hmac.digest(key, b"export incident " + incident_id.encode(), hashlib.sha256).hex()[:16]
