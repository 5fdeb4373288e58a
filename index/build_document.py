"""A Report and its triage as one index document: the only place where the two shapes meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from index.document import Document, PlaceView
from index.tokens import search_terms
from nlp.areas import ancestors, area_name
from nlp.normalize import normalize_text
from nlp.redaction import LABELS, mask
from nlp.words import clean_text
from sidak.ids import document_version
from sidak.models import Evidence, Place, Report, TriageState

LARGEST_AMOUNT = 10**17
"""In rupiah, more than the state spends in ten years; what is beyond is a slip of the keyboard."""
_MASKS = re.compile("|".join(re.escape(mask(type)) for type in (*LABELS, "")))
"""A mask is no word of the post: searching for *telepon* must not find every post with a telephone number."""


def build_document(
    report: Report,
    *,
    revision: int,
    state: TriageState = "diterima",
    state_at: datetime | None = None,
    decisions: int = 0,
    incident_id: str | None = None,
    incident_link: str | None = None,
) -> Document:
    """Return what is searched and shown of a report.

    `revision` counts the readings of the same post, `decisions` the entries of the ledger about it. Everything comes
    from the redacted text, the search terms too: what is masked cannot be found by guessing it.
    """
    post, found, area = report.post, report.classification, report.location.area
    text = clean_text(report.redaction.text)
    title = clean_text(report.redaction.title) if report.redaction.title is not None else None
    searched = _MASKS.sub(" ", f"{title}\n{text}" if title else text)
    return Document(
        id=report.id,
        version=document_version(ordinal=report.ordinal, revision=revision, decisions=decisions),
        source=post.source,
        lane=post.lane,
        post_kind=post.kind,
        visibility=post.visibility,
        created_at=post.created_at,
        collected_at=post.collected_at,
        text=text,
        title=title,
        url=clean_text(post.url) if post.url else None,
        author_key=post.author_key,
        edited_at=post.edited_at,
        warnings=tuple(map(clean_text, post.warnings)),
        model=report.model,
        analyzed_at=report.analyzed_at,
        language=report.language.code,
        normalized=normalize_text(searched).text,
        stems=" ".join(search_terms(searched)),
        is_report=report.relevance.is_report,
        report_probability=report.relevance.probability,
        reasons=report.relevance.reasons,
        kind=found.kind,
        category=found.category,
        category_probability=found.probability,
        restricted=report.restricted,
        placed=report.location.placed,
        area_code=area.code if area else None,
        area_level=area.level if area else None,
        area_name=area_name(area.code) if area else None,
        area_probability=area.probability if area else None,
        area_path=ancestors(area.code) if area else (),
        places=tuple(_place_views(report)),
        offices=tuple(dict.fromkeys(clean_text(office.name) for office in report.entities.offices)),
        projects=tuple(dict.fromkeys(clean_text(project.name) for project in report.entities.projects)),
        amounts=tuple(amount.rupiah for amount in report.amounts.items if amount.rupiah <= LARGEST_AMOUNT),
        urgency=report.urgency.score,
        urgency_reasons=report.urgency.reasons,
        routed_to=clean_text(report.routing.name) if report.routing.name else None,
        routing_reason=report.routing.reason,
        routing_check=report.routing.check,
        legal_basis=report.routing.legal_basis,
        evidence=tuple(_evidence_within(report.redaction.evidence, len(text))),
        personal_data=tuple(sorted({item.type for item in report.redaction.personal_data})),
        incident_id=incident_id,
        incident_link=incident_link,
        state=state,
        state_at=state_at,
        decisions=decisions,
    )


def _place_views(report: Report) -> Iterator[PlaceView]:
    for place in report.location.places:
        if place.code is None and _is_masked(place, report):
            continue
        yield PlaceView(
            name=area_name(place.code) if place.code else clean_text(place.text),
            type=place.type,
            code=place.code,
            level=place.level,
            probability=place.probability,
            alternatives=place.alternatives,
        )


def _is_masked(place: Place, report: Report) -> bool:
    """Whether a place's own words hold something that redaction hides."""
    return any(item.start < place.end and place.start < item.end for item in report.redaction.personal_data)


def _evidence_within(evidence: tuple[Evidence, ...], length: int) -> Iterator[Evidence]:
    for item in evidence:
        start, end = max(0, item.start), min(item.end, length)
        if start < end:
            yield Evidence(start=start, end=end, why=item.why)
