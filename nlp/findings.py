"""What is known of one text, and what each step of the pipeline found in it: steps read and write it as plain fields.

A Doc carries it under one key; its sections are read as `doc._.sidak_location` and so on. Reading `doc._` costs as much
as a small step, so no step of ours does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

import msgspec
from spacy.tokens import Doc

from nlp.reading import Reading, reading_of
from sidak.models import (
    Amounts,
    Classification,
    Dates,
    Entities,
    Lane,
    Language,
    Location,
    PlaceHint,
    Relevance,
    Routing,
    Urgency,
)

if TYPE_CHECKING:
    from nlp.components.category_points import Points
    from nlp.components.signals import Signal

SECTIONS = (
    "language",
    "signals",
    "amounts",
    "dates",
    "location",
    "entities",
    "points",
    "classification",
    "relevance",
    "urgency",
    "routing",
)
_KEY = "findings"


class Findings(msgspec.Struct, kw_only=True, gc=False):
    """A text with what its source says of it, and the sections; one that no step wrote yet says nothing."""

    reading: Reading
    region: str | None = None
    lane: Lane = "overheard"
    place_hint: PlaceHint | None = None
    created_at: datetime | None = None
    source: str = ""
    language: Language = Language(code="und", probability=0.0, model="")
    signals: tuple[Signal, ...] = ()
    amounts: Amounts = Amounts(model="")
    dates: Dates = Dates(model="")
    location: Location = Location(model="")
    entities: Entities = Entities(model="")
    points: tuple[Points, ...] = ()
    classification: Classification = Classification(model="")
    nothing: float = 0.0
    """The log odds that the text names no category of trouble: an application, a question, praise."""
    relevance: Relevance = Relevance(is_report=None, probability=0.0, model="")
    urgency: Urgency = Urgency(model="")
    routing: Routing = Routing(model="")

    @property
    def text(self) -> str:
        """The text as it was cut into words."""
        return self.reading.text


_KNOWN = ("region", "lane", "place_hint", "created_at", "source")


def findings_of(doc: Doc) -> Findings:
    """Return a Doc's findings; what is known of the text is taken from `doc.user_data` when first asked for."""
    found = doc.user_data.get(_KEY)
    if found is None:
        known = {field: doc.user_data[field] for field in _KNOWN if doc.user_data.get(field) is not None}
        found = doc.user_data[_KEY] = Findings(reading=reading_of(doc), **known)
    return cast("Findings", found)


class Step:
    """A step of the pipeline: spaCy calls it with a Doc, and it reads and writes that Doc's findings."""

    def __init__(self) -> None:
        for section in SECTIONS:
            name = f"sidak_{section}"
            if not Doc.has_extension(name):
                Doc.set_extension(name, getter=_getter(section))

    def read(self, found: Findings) -> None:
        """Read the text and what earlier steps found, and write this step's sections."""
        raise NotImplementedError

    def read_all(self, batch: Sequence[Findings]) -> None:
        """Read some texts, with less work where it can be shared; reading them one by one gives the same."""
        for found in batch:
            self.read(found)

    def __call__(self, doc: Doc) -> Doc:
        """Do so for a Doc."""
        self.read(findings_of(doc))
        return doc


def _getter(section: str) -> Callable[[Doc], object]:
    return lambda doc: getattr(findings_of(doc), section)
