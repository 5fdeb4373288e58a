"""Where an area lies on a map: a point in or near it, and of which level that point is.

The table is made by `nlp/build_coordinates.py`; it has far from all villages, so that an area without a point gets
that of the kecamatan, regency or province in which it lies, and says so. The other way round a point gets the regency
of most of what lies next to it: borders are in no table here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from math import fsum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nlp.areas import ancestors, level_of
from sidak.models import AreaLevel

_EARTH_KM, _POLE, _HALF_TURN = 6371.0, 90.0, 180.0
_VOTERS, _FARTHEST_KM = 8, 100.0
_LEAST_SHARE = 0.7

Floats = npt.NDArray[np.float64]


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


class Around(NamedTuple):
    """An area around a point, and how likely the point lies in it."""

    code: str
    probability: float


def area_around(lat: float, lon: float) -> Around | None:
    """Return the regency that most of the eight nearest known points lie in, the nearer the more; else the province.

    Latitude and longitude are in degrees. None where no known point is within 100 km. How far it can be trusted was
    measured by leaving out one point after the other (`nlp/places/README.md`).
    """
    if not (abs(lat) <= _POLE and abs(lon) <= _HALF_TURN):
        return None
    codes, directions = _inner_points()
    distances = _EARTH_KM * np.arccos(np.clip(directions @ _directions(np.array([[lat, lon]]))[0], -1.0, 1.0))
    nearest = np.argsort(distances)[:_VOTERS]
    if distances[nearest[0]] > _FARTHEST_KM:
        return None
    votes = {codes[at]: 1.0 / (1.0 + float(distances[at])) for at in nearest}
    return _elected(votes, "kabkota", least=_LEAST_SHARE) or _elected(votes, "provinsi", least=0.0)


def _elected(votes: Mapping[str, float], level: AreaLevel, *, least: float) -> Around | None:
    """Return the area of a level that has most of the votes, and its share, unless that is less than asked for."""
    shares: dict[str, float] = defaultdict(float)
    whole = fsum(votes.values())
    for code, vote in votes.items():
        (around,) = (each for each in ancestors(code) if level_of(each) == level)
        shares[around] += vote / whole
    share, code = max((share, code) for code, share in shares.items())
    return Around(code, round(share, 4)) if share >= least else None


@lru_cache(maxsize=1)
def _inner_points() -> tuple[list[str], Floats]:
    """Return what is smaller than a province, and where it lies as seen from the middle of the earth."""
    codes = [code for code in _points() if level_of(code) != "provinsi"]
    return codes, _directions(np.array([_points()[code] for code in codes]))


def _directions(points: Floats) -> Floats:
    """Return points (N, 2) in degrees as unit vectors (N, 3)."""
    lat, lon = np.radians(points).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


@lru_cache(maxsize=1)
def _points() -> dict[str, tuple[float, float]]:
    lines = (resources.files("nlp") / "data" / "places" / "coordinates.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {code: (float(lat), float(lon)) for code, lat, lon in rows}
