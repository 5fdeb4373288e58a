"""Places as people name them in a query, as area codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from index.query_errors import QueryError
from nlp.areas import LEVELS, all_areas, find_called, is_area, is_within, level_of, name_key

MAX_AREAS = 200
"""The most common name of all, Sidomulyo, stands for 98 areas."""

_CODES = re.compile(r"[0-9.,\s]+", re.ASCII)


def find_places(value: str, *, at: int) -> tuple[str, ...]:
    """Return the codes of what a value names: codes apart by commas, or a name, then wider areas it lies in."""
    if _CODES.fullmatch(value):
        codes = [code for code in re.split(r"[,\s]+", value) if code]
        for code in codes:
            if not is_area(code):
                raise QueryError(f"kode wilayah {code[:20]} tidak ada; contoh: tempat:33.25", at=at)
        return _bounded(codes, at=at)
    found: tuple[str, ...] | None = None
    for name in reversed([part for part in re.split(r"[,/]", value.replace("_", " ")) if part.strip()]):
        here = find_called(name)
        if not here:
            raise QueryError(f"tempat {name.strip()[:40]} tidak dikenal{_alike(name)}", at=at)
        if found is not None:
            here = tuple(code for code in here if any(is_within(code, wider) for wider in found))
            if not here:
                raise QueryError(f"tidak ada {name.strip()[:40]} di dalam tempat yang disebut sesudahnya", at=at)
        found = here
    return _bounded(found or (), at=at)


def _bounded(codes: Sequence[str], *, at: int) -> tuple[str, ...]:
    """Leave out what lies in another one of them; raises QueryError for none or too many."""
    distinct = sorted(dict.fromkeys(codes))
    widest = [code for code in distinct if not any(code != other and is_within(code, other) for other in distinct)]
    if not widest:
        raise QueryError("tempat belum disebut; contoh: tempat:batang atau tempat:33.25", at=at)
    if len(widest) > MAX_AREAS:
        raise QueryError(f"nama tempat ini terlalu umum ({len(widest)} wilayah); tambahkan kabupatennya", at=at)
    return tuple(widest)


def _alike(name: str) -> str:
    key = name_key(name)
    close = get_close_matches(key, _names_from(key[:1]), n=3, cutoff=0.75)
    return f"; mungkin maksud Anda {', '.join(close)}" if close else ""


@lru_cache(maxsize=32)
def _names_from(initial: str) -> tuple[str, ...]:
    """Return the names of provinces, regencies and districts that start with a letter."""
    names = {name_key(name) for code, name in all_areas() if level_of(code) in LEVELS[:3]}
    return tuple(sorted(name for name in names if initial and name.startswith(initial)))
