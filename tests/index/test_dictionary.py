"""The data dictionary says what mapping and model say, whole and current."""

from __future__ import annotations

import typing

import msgspec
import pytest

from index.derived import DERIVED, derive_fields
from index.dictionary import PATH, list_fields, mapped_fields, read_meanings, render
from index.document import Document, PlaceView
from tests.support.documents import make_document

MEANINGS = read_meanings()
MODEL = {field.encode_name: field.type for field in msgspec.structs.fields(Document)} | {
    f"places.{field.encode_name}": field.type for field in msgspec.structs.fields(PlaceView)
}


def test_the_file_is_the_one_that_mapping_and_model_give() -> None:
    assert PATH.read_text(encoding="utf-8") == render(), "run python -m index.dictionary --write"


def test_every_field_has_a_meaning_and_every_meaning_a_field() -> None:
    assert set(MEANINGS) == {name for name, _ in mapped_fields()}
    assert len(list_fields()) == len(MEANINGS)


@pytest.mark.parametrize("name", [name for name in MEANINGS if name in MODEL])
def test_the_example_is_a_value_that_the_model_takes(name: str) -> None:
    msgspec.convert(MEANINGS[name].example, typing.cast("type", MODEL[name]))


def test_derived_examples_are_what_the_index_derives() -> None:
    derived = derive_fields(make_document(area_code="33.25.09.2011"))
    assert {name: MEANINGS[name].example for name in DERIVED} == derived


def test_what_people_are_known_by_is_for_nobody_to_see() -> None:
    assert MEANINGS["author_key"].audience == "service"
