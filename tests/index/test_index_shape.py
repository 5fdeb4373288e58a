"""The document, the mapping and the table describe one thing; a change of one of them alone is caught here."""

from __future__ import annotations

import json
import types
import typing
from datetime import date, datetime

import msgspec
import pytest

from index.derived import AREA_LEVELS, DERIVED, derive_fields, split_topic
from index.document import Document, PlaceView
from index.elastic_templates import MAPPING_VERSION, report_template
from sidak.models import Evidence
from tests.support.documents import make_document

KINDS: dict[object, set[str]] = {
    str: {"keyword", "text"},
    int: {"long", "integer"},
    float: {"float", "double"},
    bool: {"boolean"},
    datetime: {"date"},
    Evidence: {"object"},
    PlaceView: {"object"},
}


def _plain_type(annotation: object) -> object:
    """Return what a field holds, with None and tuples taken off; a Literal holds strings."""
    arguments = [part for part in typing.get_args(annotation) if part not in {types.NoneType, Ellipsis}]
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return str
    return _plain_type(arguments[0]) if origin in {tuple, types.UnionType, typing.Union} else annotation


def test_every_field_is_mapped_and_nothing_else_is() -> None:
    properties = report_template()["mappings"]["properties"]
    fields = {field.encode_name: _plain_type(field.type) for field in msgspec.structs.fields(Document)}
    assert set(properties) == {*fields, *DERIVED}
    wrong = {name: type for name, type in fields.items() if properties[name].get("type", "object") not in KINDS[type]}
    assert wrong == {}
    places = {field.encode_name for field in msgspec.structs.fields(PlaceView)}
    assert set(properties["places"]["properties"]) == places


def test_the_mapping_is_strict_and_says_its_version() -> None:
    mappings = report_template()["mappings"]
    assert mappings["dynamic"] == "strict"
    assert mappings["_meta"] == {"sidak_mapping": MAPPING_VERSION}


def test_people_cannot_be_searched_for_by_their_pseudonym() -> None:
    author = report_template()["mappings"]["properties"]["author_key"]
    assert author == {"type": "keyword", "index": False, "doc_values": False}


@pytest.mark.parametrize(
    ("code", "areas"),
    [
        (None, [None, None, None, None]),
        ("33", ["33", None, None, None]),
        ("33.25.09.2011", ["33", "33.25", "33.25.09", "33.25.09.2011"]),
    ],
)
def test_areas_are_told_by_level(code: str | None, areas: list[str | None]) -> None:
    derived = derive_fields(make_document(area_code=code))
    assert [derived[f"area_{level}"] for level in AREA_LEVELS] == areas


@pytest.mark.parametrize(
    ("created_at", "kind", "category", "days"),
    [
        ("2026-11-15T16:59:59Z", "damage", "banjir", ["2026-11-15|damage|banjir", "2026-11-09|damage|banjir"]),
        ("2026-11-15T17:00:00Z", "damage", None, ["2026-11-16|damage|", "2026-11-16|damage|"]),
        ("2026-11-15T17:00:00Z", None, None, ["2026-11-16||", "2026-11-16||"]),
        ("1901-01-01T00:00:00Z", "damage", "banjir", [None, None]),
        ("9999-12-31T23:59:59Z", "damage", "banjir", [None, None]),
    ],
)
def test_topics_are_dated_in_local_time_where_anybody_counts_them(
    created_at: str, kind: str | None, category: str | None, days: list[str | None]
) -> None:
    document = make_document(kind=kind, category=category, created_at=datetime.fromisoformat(created_at))
    derived = derive_fields(document)
    assert [derived["day_topic"], derived["week_topic"]] == days
    if days[0] is not None:
        assert split_topic(days[0]) == (date.fromisoformat(days[0][:10]), kind, category)


def test_the_wire_form_is_what_the_mapping_expects() -> None:
    wire = json.loads(msgspec.json.encode(make_document()))
    assert set(wire) == {field.encode_name for field in msgspec.structs.fields(Document)}
