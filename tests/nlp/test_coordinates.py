"""Coordinates: every area has a point, and says of which level it is."""

from __future__ import annotations

from nlp.areas import all_areas
from nlp.build_coordinates import City, build
from nlp.coordinates import locate_area


def test_every_area_has_a_point_within_the_country() -> None:
    for code, _ in all_areas():
        point = locate_area(code)
        assert point is not None
        assert -11.2 < point.lat < 6.3
        assert 94.9 < point.lon < 141.1


def test_an_unknown_code_has_no_point() -> None:
    assert locate_area("99.99") is None


def test_names_near_the_seat_of_their_regency_get_its_points_and_namesakes_elsewhere_do_not() -> None:
    towns = [("Kajen", -7.02, 109.58), ("Subah", -6.96, 109.87), ("Limpung", -7.0, 109.95), ("Tersono", -7.02, 109.97)]
    cities = [City(name, lat, lon, "ID", "07", 5_000) for name, lat, lon in towns]
    cities.append(City("Limpung", -7.9, 112.9, "ID", "08", 5_000))
    points = build(cities)
    assert points["33.25.08"] == (-7.0, 109.95)
