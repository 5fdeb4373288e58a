"""Where a source says that a post is from, as an area: names as people write them into a form, not in a sentence."""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.areas import ancestors, find_called, is_large, is_within
from nlp.coordinates import Around, area_around
from sidak.models import PlaceHint

_KEPT = 1 << 14
_OF_JAKARTA = frozenset({"administrasi", "adm"})
"""Its regencies and cities have this word more: "Kota Administrasi Jakarta Selatan"."""


def hinted_area(hint: PlaceHint | None, *, region: str | None = None) -> Around | None:
    """Return the area that a hint means, by its code, its name or its point, and how likely; None where none is told.

    A point tells which of several areas of a name is meant.
    """
    if hint is None:
        return None
    if hint.code and ancestors(hint.code):
        return Around(hint.code, 1.0)
    around = None if hint.lat is None or hint.lon is None else area_around(hint.lat, hint.lon)
    named = named_area(hint.name, around.code if around else region or "") if hint.name else None
    return Around(named, 1.0) if named else around


@lru_cache(_KEPT)
def named_area(name: str, region: str = "") -> str | None:
    """Return the area that a name means, wider ones after it ("Kec. Subah, Kab. Batang"); the home region may decide.

    Parts that are no area's name, as streets and hamlets, are passed over.
    """
    found: tuple[str, ...] = ()
    for part in reversed(re.split(r"[,/;]", name)):
        here = find_called(part, passing_over=_OF_JAKARTA)
        if found:
            here = tuple(code for code in here if any(is_within(code, wider) for wider in found))
        found = here or found
    at_home = tuple(code for code in found if region and is_within(code, region))
    return _only(found) or _only(at_home)


def _only(codes: tuple[str, ...]) -> str | None:
    """Return the one that all others lie in, else the largest where it is known beyond its surroundings."""
    if not codes:
        return None
    largest = codes[0]
    return largest if is_large(largest) or all(is_within(code, largest) for code in codes) else None
