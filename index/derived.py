"""Fields that engines compute from a document, because they are filtered by but not shown."""

from __future__ import annotations

from collections.abc import Mapping

from index.document import Document
from sidak.models import AreaLevel

AREA_LEVELS: tuple[AreaLevel, ...] = ("provinsi", "kabkota", "kecamatan", "kelurahan")
DERIVED = ("review", *(f"area_{level}" for level in AREA_LEVELS))


def derive_fields(document: Document) -> dict[str, bool | str | None]:
    """Return `review` and one area code a level (`area_provinsi` … `area_kelurahan`)."""
    by_depth: Mapping[int, str] = {code.count("."): code for code in document.area_path}
    areas = {f"area_{level}": by_depth.get(depth) for depth, level in enumerate(AREA_LEVELS)}
    return {"review": document.review, **areas}


def area_field(code: str) -> str:
    """Return the derived field in which an area code of this depth stands."""
    return f"area_{AREA_LEVELS[min(code.count('.'), len(AREA_LEVELS) - 1)]}"
