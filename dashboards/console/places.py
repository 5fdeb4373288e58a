"""The places of a report as one reads them: each once, those that the area rests on first."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from index.document import Document, PlaceView

SHOWN = 6
ALTERNATIVES = 4


class PlaceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One place, with what else its name could mean."""

    place: PlaceView
    alternatives: tuple[str, ...]
    more: int
    """Alternatives that are not listed."""


def list_places(document: Document, *, area_name: Callable[[str], str]) -> list[PlaceLine]:
    """Return the distinct places, most trusted first; a name that stands several times counts by its best reading."""
    best: dict[tuple[str, str | None, str], PlaceView] = {}
    for place in document.places:
        key = (place.name, place.code, place.type)
        if key not in best or (place.probability or 0) > (best[key].probability or 0):
            best[key] = place
    ordered = sorted(best.values(), key=lambda place: (place.code not in document.area_path, -(place.probability or 0)))
    return [
        PlaceLine(
            place=place,
            alternatives=tuple(f"{area_name(code)} ({code})" for code in place.alternatives[:ALTERNATIVES]),
            more=max(0, len(place.alternatives) - ALTERNATIVES),
        )
        for place in ordered
    ]
