"""Areas: names, levels and the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import areas


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("33", "Jawa Tengah"),
        ("33.25", "Kab. Batang"),
        ("33.25.09", "Kec. Subah, Kab. Batang"),
        ("33.25.09.2011", "Desa Subah, Kec. Subah, Kab. Batang"),
        ("35.78.09.1001", "Kel. Keputih, Kec. Sukolilo, Kota Surabaya"),
        ("31.71", "Kota Adm. Jakarta Pusat"),
        ("99.99", "99.99"),
    ],
)
def test_area_name_reads_from_the_area_up_to_its_regency(code: str, name: str) -> None:
    assert areas.area_name(code) == name


def test_subah_is_four_official_places() -> None:
    assert areas.find_by_name("SUBAH") == ("33.25.09", "61.01.10", "33.25.09.2011", "61.03.11.2012")
    assert areas.find_by_name("subah", level="kecamatan", within="33") == ("33.25.09",)


def test_names_are_found_whatever_their_spelling_of_spaces() -> None:
    assert "35.78.25" in areas.find_by_name("Gununganyar")
    assert areas.find_by_name("Gununganyar") == areas.find_by_name("gunung anyar")


def test_every_area_is_a_child_of_its_parent_and_every_code_is_seen_once() -> None:
    todo, seen = list(areas.children()), 0
    while todo:
        code = todo.pop()
        seen += 1
        todo.extend(areas.children(code))
    assert seen == 91_599


def test_ancestors_go_from_the_province_to_the_area_itself() -> None:
    assert areas.ancestors("33.25.09.2011") == ("33", "33.25", "33.25.09", "33.25.09.2011")
    assert areas.ancestors("33.99") == ()


def test_is_within_compares_whole_parts_of_codes() -> None:
    assert areas.is_within("33.25.09", "33.25")
    assert areas.is_within("33.25", "33.25")
    assert not areas.is_within("33.25", "33.25.09")
    assert not areas.is_within("33.25", "3")


def test_a_malformed_code_has_no_level() -> None:
    assert areas.level_of("33.25.09") == "kecamatan"
    with pytest.raises(ValueError, match="no area code"):
        areas.level_of("33.2")


@given(st.text())
def test_any_text_may_be_asked_for(text: str) -> None:
    areas.find_by_name(text)
    assert areas.area_name(text) or text == ""
