"""Places as people write them into a form: names with their kind, wider ones behind them, codes."""

from __future__ import annotations

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
    assert hinted_area(PlaceHint(code="33.25", name="Kota Semarang", basis="declared")) == "33.25"
    assert hinted_area(PlaceHint(code="99.99", name="Kota Semarang", basis="declared")) == "33.74"
    assert hinted_area(PlaceHint(lat=-6.9, lon=109.9, basis="declared")) is None


def test_a_post_without_a_place_is_from_where_its_hint_says() -> None:
    area = locate("lampu jalan mati", hint=PlaceHint(name="Kec. Subah, Kab. Batang", basis="declared")).area
    assert area is not None
    assert (area.code, area.basis) == ("33.25.09", "hint")
