"""Where a source says that a post is from, as an area: names as people write them into a form, not in a sentence."""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.areas import ancestors, area_label, find_by_name, is_large, is_within, name_key
from sidak.models import AreaLevel, PlaceHint

_KEPT = 1 << 14
_LEVEL_WORDS: dict[str, tuple[AreaLevel, str]] = {
    "provinsi": ("provinsi", ""), "prov": ("provinsi", ""),
    "kabupaten": ("kabkota", "Kab."), "kab": ("kabkota", "Kab."), "kota": ("kabkota", "Kota"),
    "kecamatan": ("kecamatan", ""), "kec": ("kecamatan", ""),
    "kelurahan": ("kelurahan", ""), "kel": ("kelurahan", ""), "desa": ("kelurahan", ""),
}  # fmt: skip
_OF_JAKARTA = frozenset({"administrasi", "adm"})
"""Its regencies and cities have this word more: "Kota Administrasi Jakarta Selatan"."""


def hinted_area(hint: PlaceHint | None, *, region: str | None = None) -> str | None:
    """Return the code of the area that a hint means, None where that cannot be told."""
    if hint is None:
        return None
    if hint.code and ancestors(hint.code):
        return hint.code
    return named_area(hint.name, region or "") if hint.name else None


@lru_cache(_KEPT)
def named_area(name: str, region: str = "") -> str | None:
    """Return the area that a name means, wider ones after it ("Kec. Subah, Kab. Batang"); the home region may decide.

    Parts that are no area's name, as streets and hamlets, are passed over.
    """
    found: tuple[str, ...] = ()
    for part in reversed(re.split(r"[,/;]", name)):
        here = _called(part)
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


def _called(name: str) -> tuple[str, ...]:
    """Return all areas of a name, largest first; a word for a level before it chooses among them."""
    words = name_key(name).split()
    if len(words) > 1 and words[0] in _LEVEL_WORDS:
        level, kind = _LEVEL_WORDS[words[0]]
        bare = find_by_name(" ".join(each for each in words[1:] if each not in _OF_JAKARTA), level=level)
        of_kind = tuple(code for code in bare if area_label(code).startswith(kind))
        if of_kind:
            return of_kind
    return find_by_name(name)
