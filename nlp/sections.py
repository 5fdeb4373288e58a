"""Moves the spans of a reading from title and text together to the text alone."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from sidak.models import (
    Amount,
    Amounts,
    Classification,
    Entities,
    Evidence,
    Location,
    NamedThing,
    Place,
    Relevance,
    Urgency,
)

SpanRecord = TypeVar("SpanRecord", Amount, Evidence, NamedThing, Place)
Section = TypeVar("Section", Amounts, Classification, Entities, Location, Relevance, Urgency)

_SPAN_FIELDS = ("items", "evidence", "offices", "projects", "places")


def shift_section(section: Section, *, by: int) -> Section:
    """Return the section with its spans `by` characters to the left; spans that began earlier are left out."""
    if by == 0:
        return section
    moved = {
        field: shift_spans(getattr(section, field), by=by) for field in _SPAN_FIELDS if getattr(section, field, None)
    }
    return msgspec.structs.replace(section, **moved)


def shift_spans(spans: tuple[SpanRecord, ...], *, by: int) -> tuple[SpanRecord, ...]:
    """Return the spans moved to the left; what began before the new start is left out."""
    return tuple(
        msgspec.structs.replace(span, start=span.start - by, end=span.end - by) for span in spans if span.start >= by
    )
