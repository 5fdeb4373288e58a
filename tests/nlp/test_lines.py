"""The contract of `sidak analyze`: one line out for each line in, same order, fields as INTERFACES says."""

from __future__ import annotations

import gc
import io
import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from nlp.analyze import Analyzer
from nlp.line_codec import parse_line, write_line
from nlp.lines import Context, analyze_chunk, analyze_stream
from nlp.taxonomy import categories
from nlp.words import clean_text

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SPAN = {"start": {"type": "integer", "minimum": 0}, "end": {"type": "integer", "minimum": 0}}
PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
AREA_LEVEL = {"enum": ["provinsi", "kabkota", "kecamatan", "kelurahan"]}
NAMED = {
    "type": "array",
    "items": {"type": "object", "required": ["id", "name", "start", "end"], "properties": SPAN},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "lane": {"enum": ["addressed", "overheard"]},
        "language": {"type": "string"},
        "is_report": {"type": ["boolean", "null"]},
        "report_probability": PROBABILITY,
        "kind": {"enum": ["damage", "misconduct", "service", None]},
        "category": {"enum": [*categories(), None]},
        "category_probability": PROBABILITY,
        "placed": {"type": "boolean"},
        "places": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "start", "end", "type"],
                "properties": {**SPAN, "type": {"enum": ["area", "road", "landmark"]}, "level": AREA_LEVEL},
            },
        },
        "area": {
            "type": ["object", "null"],
            "required": ["code", "level", "probability"],
            "properties": {"level": AREA_LEVEL, "probability": PROBABILITY},
        },
        "offices": NAMED,
        "projects": NAMED,
        "amounts": {
            "type": "array",
            "items": {"type": "object", "required": ["text", "rupiah", "start", "end"], "properties": SPAN},
        },
        "dates": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "start", "end", "kind", "value"],
                "properties": {**SPAN, "kind": {"enum": ["date", "week", "month", "year", "duration"]}},
            },
        },
        "urgency": {
            "type": "object",
            "required": ["score", "reasons", "parts"],
            "properties": {
                "score": PROBABILITY,
                "reasons": {"type": "array", "items": {"type": "string"}},
                "parts": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["reason", "points"],
                        "properties": {"spans": {"type": "array", "items": {"type": "object", "properties": SPAN}}},
                    },
                },
            },
        },
        "routing": {
            "type": "object",
            "required": ["office", "name", "area_code", "rule", "reason", "legal_basis", "check", "evidence"],
            "properties": {
                "office": {"type": ["string", "null"]},
                "reason": {"type": "string"},
                "legal_basis": {"type": "array", "items": {"type": "string"}},
                "evidence": {"type": "array", "items": {"type": "object", "properties": SPAN}},
            },
        },
        "evidence": {
            "type": "array",
            "items": {"type": "object", "required": ["start", "end", "for"], "properties": SPAN},
        },
        "personal_data": {
            "type": "array",
            "items": {"type": "object", "required": ["type", "start", "end"], "properties": SPAN},
        },
        "redacted_text": {"type": "string"},
        "model": {"type": "string"},
        "warnings": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    },
}
SCHEMA["required"] = [name for name in SCHEMA["properties"] if name != "warnings"]
VALIDATOR = Draft202012Validator(SCHEMA)


def run(data: bytes, **options: Any) -> list[dict[str, Any]]:
    out = io.BytesIO()
    settings = {"region": "33", "lane": "overheard", "jobs": 1, "now": NOW, **options}
    count = analyze_stream(io.BytesIO(data), out, **settings)
    lines = out.getvalue().splitlines()
    assert count == len(lines)
    return [json.loads(line) for line in lines]


def line(text: str, **fields: Any) -> bytes:
    return json.dumps({"id": "x:1", "text": text, **fields}).encode() + b"\n"


def assert_holds(row: dict[str, Any], text: str) -> None:
    VALIDATOR.validate(row)
    for field in ("places", "amounts", "dates"):
        for span in row[field]:
            assert text[span["start"] : span["end"]] == span["text"]
    named = [*row["routing"]["evidence"], *(span for part in row["urgency"]["parts"] for span in part.get("spans", ()))]
    for spans in (row["evidence"], row["personal_data"], row["offices"], row["projects"], named):
        for span in spans:
            assert 0 <= span["start"] < span["end"] <= len(text)


def test_a_full_report_has_every_field() -> None:
    text = "Jalan raya Subah rusak parah, tolong diperbaiki. Saya dimintai 20rb oleh petugas kelurahan. WA 081234567890"
    (row,) = run(line(text))
    assert_holds(row, text)
    assert row["is_report"] is True
    assert row["category"] is not None
    assert row["evidence"]
    assert row["amounts"] == [{"text": "20rb", "rupiah": 20000, "start": 63, "end": 67}]
    assert "081234567890" not in row["redacted_text"]


def test_posts_that_the_gate_turns_away_are_lines_too_and_masked() -> None:
    text = "dramanya bikin nangis, ayo nonton bareng, kabari ya ke 081234567890"
    (row,) = run(line(text))
    assert_holds(row, text)
    assert row["is_report"] is False
    assert "081234567890" not in row["redacted_text"]


def test_broken_lines_keep_their_place() -> None:
    rows = run(
        line("jalan rusak")
        + b"{broken\n"
        + b"\n"
        + b"[1, 2]\n"
        + b'{"id": "x:2"}\n'
        + b'{"id": "x:3", "text": 5}\n'
        + b"\xff\xfe\n"
        + b'{"id": "x:4", "text": "a", "created_at": "kemarin"}\n'
        + b'{"id": "x:5", "text": "a", "lane": "both"}\n'
        + b'{"id": "x:6", "text": "a", "place_hint": 7}\n'
        + b'{"text": "a"}\n'
        + b'{"id": "", "text": "a"}\n'
        + b'{"id": 7, "text": "banjir", "created_at": "1970-01-01", "place_hint": "33.25"}'
    )
    assert ["error" in row for row in rows] == [False, *[True] * 11, False]
    assert [row["id"] for row in rows] == [
        "x:1",
        None,
        None,
        None,
        "x:2",
        "x:3",
        None,
        "x:4",
        "x:5",
        "x:6",
        None,
        None,
        "7",
    ]
    assert rows[11]["error"] == "id is empty"
    assert "text" in rows[4]["error"]
    assert "created_at" in rows[7]["error"]


def test_what_a_line_says_of_itself_wins_over_the_default() -> None:
    rows = run(line("lampu mati", lane="addressed") + line("lampu mati"), lane="overheard")
    assert [row["lane"] for row in rows] == ["addressed", "overheard"]
    absent = line("lampu mati", lane=None, created_at=None, place_hint=None)
    assert run(absent, lane="addressed") == run(line("lampu mati"), lane="addressed")


@pytest.mark.parametrize(
    "text", ["Lampu jalan mati sudah sebulan, tolong diperbaiki", "dramanya bikin nangis, ayo nonton"]
)
def test_a_hint_that_is_not_understood_is_said(text: str) -> None:
    unclear = ("Subah", "kampung sebelah", "99.99", {"lat": 51.5, "lon": 0.0})
    for hint in unclear:
        (row,) = run(line(text, place_hint=hint), region=None)
        assert_holds(row, text)
        [warning] = row.pop("warnings")
        assert warning.startswith("place_hint is not understood")
        assert [row] == run(line(text), region=None), "nothing else of the line changes"
    for hint in ("Kota Semarang", "Kec. Subah, Kab. Batang", "33.25", {"lat": -7.25, "lon": 112.75}):
        assert "warnings" not in run(line(text, place_hint=hint), region=None)[0]
    assert "warnings" not in run(line(text, place_hint="Subah"), region="33.25")[0]


def test_hints_come_as_name_code_or_object() -> None:
    rows = run(
        line("lampu jalan mati", place_hint="33.25")
        + line("lampu jalan mati", place_hint="Batang, Jawa Tengah")
        + line("lampu jalan mati", place_hint={"code": "33.25", "basis": "shared_location"})
    )
    assert [row["area"]["code"] for row in rows] == ["33.25"] * 3


def test_hostile_text_is_read() -> None:
    for text in [
        "",
        " ",
        "\x00",
        "\ud800 jalan rusak",
        "\u202ejalan\u202c rusak",
        "<script>alert(1)</script>",
        "a" * 1_000_000,
    ]:
        (row,) = run(line(text))
        assert_holds(row, clean_text(text))


def test_a_megabyte_of_words_is_read_and_nothing_unread_gets_out() -> None:
    text = "jalan rusak " * 84_000 + "081234567890"
    (row,) = run(line(text, lane="addressed"))  # nobody overhears such a text: the gate turns it away
    assert row["category"] == "jalan_rusak"
    assert "081234567890" not in row["redacted_text"]


def test_the_same_input_gives_the_same_bytes_whatever_stands_before_it() -> None:
    text = "Sampah menumpuk di depan pasar, mohon diangkut"
    alone = run(line(text))[0]
    assert run(line("banjir di mana-mana") * 300 + line(text))[-1] == alone


def test_reading_leaves_nothing_for_the_garbage_collector_and_it_goes_on() -> None:
    lines = [line(f"Jalan di Desa Subah nomor {number} rusak, Pak Budi 0812345678{number}") for number in range(20)]
    context = Context(region="33", lane="addressed", now=NOW)
    analyze_chunk(lines, context)
    gc.collect()
    gc.disable()
    try:
        analyze_chunk(lines, context)
        assert gc.collect() == 0
        assert not gc.isenabled()
    finally:
        gc.enable()
    analyze_chunk(lines, context)
    assert gc.isenabled()


def test_worker_processes_keep_the_order() -> None:
    data = b"".join(line(f"nomor {n}", id=f"x:{n}") for n in range(1900)) + line("jalan rusak", id="x:last")
    rows = run(data, jobs=2)
    assert [row["id"] for row in rows] == [*(f"x:{n}" for n in range(1900)), "x:last"]
    assert rows == run(data, jobs=1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.text(st.characters(codec=None))
    | st.lists(
        st.sampled_from(
            ["jalan", "rusak", "Subah", "kec.", "di", "20rb", "Rp", "5.000", "0812", "pungli", "\n", ".", "#a", "@b"]
        )
    ).map(" ".join)
)
def test_any_text_gives_a_valid_line(text: str) -> None:
    (row,) = run(line(text))
    assert_holds(row, clean_text(text))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200).filter(lambda data: b"\n" not in data and b"\r" not in data and data))
def test_any_bytes_give_one_line(data: bytes) -> None:
    rows = run(data)
    assert len(rows) == 1


@pytest.mark.parametrize("region", [None, "33", "33.25"])
def test_the_home_region_may_be_anything_or_nothing(region: str | None) -> None:
    (row,) = run(line("jalan rusak di Subah"), region=region)
    assert_holds(row, "jalan rusak di Subah")


@pytest.mark.parametrize(
    "text",
    [
        "Kangen nonton konser bareng @temanku, rindu lagunya #musik",
        "",
        "makan bakso sama @temanku, WA 0812-3456-7890 ya",
        "@akun pak budi nyanyi lagu sedih lagi 🎤 #konser",
    ],
)
def test_a_post_turned_away_has_the_line_of_its_report(text: str) -> None:
    line = orjson.dumps({"id": "x:1", "text": text, "created_at": "2026-01-01T08:00:00+07:00"})
    context = Context(region=None, lane="overheard", now=NOW)
    task = parse_line(line, lane="overheard", now=NOW)
    report = next(Analyzer().analyze([task.post(collected_at=NOW)], now=NOW))

    assert not report.gate.passed
    assert analyze_chunk([line], context)[0] == write_line(report, id=task.id, created_at=task.created_at) + b"\n"
