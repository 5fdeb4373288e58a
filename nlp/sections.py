"""Moves the spans of a reading from title and text together to the text alone."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from sidak.models import (
    Amount,
    Amounts,
    Classification,
    Dates,
    Entities,
    Evidence,
    Location,
    Moment,
    NamedThing,
    Place,
    Relevance,
    Routing,
    Span,
    Urgency,
)

SpanRecord = TypeVar("SpanRecord", Amount, Evidence, Moment, NamedThing, Place, Span)
Section = TypeVar("Section", Amounts, Classification, Dates, Entities, Location, Relevance, Routing, Urgency)

_SPAN_FIELDS = ("items", "evidence", "offices", "projects", "places")


def shift_section(section: Section, *, by: int) -> Section:
    """Return the section with its spans `by` characters to the left; spans that began earlier are left out."""
    if by == 0:
        return section
    moved = {
        field: shift_spans(getattr(section, field), by=by) for field in _SPAN_FIELDS if getattr(section, field, None)
    }
    if isinstance(section, Urgency):
        parts = tuple(msgspec.structs.replace(part, spans=shift_spans(part.spans, by=by)) for part in section.parts)
        return msgspec.structs.replace(section, parts=parts, **moved)
    return msgspec.structs.replace(section, **moved)


def shift_spans(spans: tuple[SpanRecord, ...], *, by: int) -> tuple[SpanRecord, ...]:
    """Return the spans moved to the left; what began before the new start is left out."""
    return tuple(
        msgspec.structs.replace(span, start=span.start - by, end=span.end - by) for span in spans if span.start >= by
    )
