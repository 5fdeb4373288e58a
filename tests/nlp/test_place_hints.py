"""Places as people write them into a form: names with their kind, wider ones behind them, codes."""

from __future__ import annotations

from typing import Any

import pytest

from nlp.components.places import locate
from nlp.places.hints import hinted_area, named_area
from sidak.models import PlaceHint


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Batang", "33.25"),
        ("Batang, Jawa Tengah", "33.25"),
        ("Kab. Batang", "33.25"),
        ("KABUPATEN BATANG", "33.25"),
        ("Kab.Batang", "33.25"),
        ("Kota Semarang", "33.74"),
        ("Kabupaten Semarang", "33.22"),
        ("Kota Administrasi Jakarta Selatan", "31.74"),
        ("Kec. Subah, Kab. Batang", "33.25.09"),
        ("kecamatan subah / batang", "33.25.09"),
        ("Subah, Batang, Jawa Tengah, Indonesia", "33.25.09"),
        ("Desa Subah, Kec. Subah, Kab. Batang", "33.25.09.2011"),
        ("Dukuh Krajan RT 03/RW 01, Subah, Kab. Batang", "33.25.09"),
        ("Provinsi Jawa Tengah", "33"),
        ("Subah", None),
        ("kampung sebelah", None),
        ("Kab.", None),
        (",/,", None),
        ("", None),
    ],
)
def test_a_name_as_people_write_it(name: str, code: str | None) -> None:
    assert named_area(name) == code


def test_a_name_that_starts_like_a_kind_is_still_a_name() -> None:
    assert named_area("Kota Agung, Lahat") == "16.04.07"


def test_the_home_region_decides_between_places_of_a_name() -> None:
    assert named_area("Subah", "33.25") == "33.25.09"
    assert named_area("Subah", "35.78") is None


def test_a_code_comes_before_a_name() -> None:
    assert _hinted(code="33.25", name="Kota Semarang") == "33.25"
    assert _hinted(code="99.99", name="Kota Semarang") == "33.74"


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (-7.25, 112.75, "35.78"),  # Surabaya
        (0.53, 101.45, "14.71"),  # Pekanbaru
        (-5.14, 119.42, "73.71"),  # Makassar
        (-7.56, 110.76, "33"),  # between Surakarta, Sukoharjo and Boyolali
        (-7.80, 110.37, "34"),  # Yogyakarta, a few kilometres wide
        (-25.0, 133.0, None),  # Australia
        (51.5, 0.0, None),
        (-91.0, 110.0, None),
        (-7.0, 1e300, None),
        (float("nan"), 110.0, None),
    ],
)
def test_a_shared_point_lies_in_a_regency_or_at_least_a_province(lat: float, lon: float, code: str | None) -> None:
    assert _hinted(lat=lat, lon=lon) == code


def test_a_point_tells_which_of_several_places_of_a_name_is_meant() -> None:
    assert _hinted(name="Subah") is None
    assert _hinted(name="Subah", lat=-6.95, lon=109.87) == "33.25.09"
    assert _hinted(name="Rumah", lat=-7.25, lon=112.75) == "35.78"


def test_a_point_is_trusted_as_far_as_its_neighbours_agree() -> None:
    hint = PlaceHint(lat=0.53, lon=101.45, basis="shared_location")
    area = locate("lampu jalan mati", hint=hint).area
    assert area is not None
    assert (area.code, area.basis) == ("14.71", "hint")
    assert 0.5 < area.probability < 0.9


def _hinted(**where: Any) -> str | None:
    found = hinted_area(PlaceHint(basis="shared_location", **where))
    return found.code if found else None


def test_a_post_without_a_place_is_from_where_its_hint_says() -> None:
    area = locate("lampu jalan mati", hint=PlaceHint(name="Kec. Subah, Kab. Batang", basis="declared")).area
    assert area is not None
    assert (area.code, area.basis) == ("33.25.09", "hint")
