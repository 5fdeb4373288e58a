"""The index document: what is searched, filtered and shown, built from a Report and its triage in one place."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sidak.models import Evidence, TriageState


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """A place as inspectors see it."""

    name: str
    type: str
    code: str | None = None
    level: str | None = None
    probability: float | None = None
    alternatives: tuple[str, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One report in the index; `text` is redacted and `evidence` has its offsets."""

    id: str
    version: int
    # the post
    source: str
    lane: str
    post_kind: str
    visibility: str
    created_at: datetime
    collected_at: datetime
    text: str
    title: str | None = None
    url: str | None = None
    author_key: str | None = None
    edited_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    # the reading
    model: str
    analyzed_at: datetime
    language: str
    normalized: str
    stems: str
    is_report: bool | None
    report_probability: float
    reasons: tuple[str, ...] = ()
    kind: str | None = None
    category: str | None = None
    category_probability: float = 0.0
    restricted: bool = False
    placed: bool = False
    area_code: str | None = None
    area_level: str | None = None
    area_name: str | None = None
    area_probability: float | None = None
    area_path: tuple[str, ...] = ()
    places: tuple[PlaceView, ...] = ()
    offices: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()
    urgency: float = 0.0
    urgency_reasons: tuple[str, ...] = ()
    routed_to: str | None = None
    routing_reason: str = ""
    routing_check: str | None = None
    legal_basis: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    personal_data: tuple[str, ...] = ()
    incident_id: str | None = None
    incident_link: str | None = None
    # the triage
    state: TriageState = "diterima"
    state_at: datetime | None = None
    decisions: int = 0

    @property
    def review(self) -> bool:
        """Whether the pipeline abstained and a person must decide."""
        return self.is_report is None
