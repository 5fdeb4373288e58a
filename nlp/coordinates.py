"""Where an area lies on a map: a point in or near it, and of which level that point is.

The table is made by `nlp/build_coordinates.py`; it has far from all villages, so that an area without a point gets
that of the kecamatan, regency or province in which it lies, and says so.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from nlp.areas import ancestors, level_of
from sidak.models import AreaLevel


class Point(NamedTuple):
    """Latitude and longitude in degrees, and the level of the area that they are known for."""

    lat: float
    lon: float
    precision: AreaLevel


def locate_area(code: str) -> Point | None:
    """Return the point of an area, or of the smallest one around it that has one; None for an unknown code."""
    points = _points()
    for each in reversed(ancestors(code)):
        if each in points:
            return Point(*points[each], level_of(each))
    return None


@lru_cache(maxsize=1)
def _points() -> dict[str, tuple[float, float]]:
    lines = (resources.files("nlp") / "data" / "places" / "coordinates.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {code: (float(lat), float(lon)) for code, lat, lon in rows}
