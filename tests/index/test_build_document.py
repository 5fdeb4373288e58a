"""From Report to index document: redacted words only, areas with their path, versions that grow."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from index.build_document import build_document
from sidak.ids import document_version
from sidak.models import (
    Amount,
    Amounts,
    Area,
    Classification,
    Entities,
    Evidence,
    Gate,
    Language,
    Location,
    NamedThing,
    Normalized,
    PersonalData,
    Place,
    Post,
    Redaction,
    Relevance,
    Report,
    Urgency,
)

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TEXT = "Jln Subah rsk, hub Pak Budi 081234567890"
REDACTED = "Jln Subah rsk, hub [NAMA] [TELEPON]"

REPORT = Report(
    post=Post(
        source="x", native_id="1", kind="post", lane="overheard", text=TEXT, created_at=AT, collected_at=AT,
        url="https://example.org/1", author_key="a_1",
    ),
    ordinal=7,
    model="2026.12.1",
    analyzed_at=AT,
    gate=Gate(passed=True, score=1.0, reason="cue", model="g"),
    language=Language(code="id", probability=0.9, model="l"),
    normalized=Normalized(text="jalan subah rusak hubungi pak budi 081234567890",
                          stems="jalan subah rusak hubung pak budi 081234567890", model="n"),
    relevance=Relevance(is_report=None, probability=0.6, model="r"),
    classification=Classification(model="c", kind="damage", category="jalan_rusak", probability=0.9),
    location=Location(
        model="p",
        placed=True,
        places=(
            Place(text="Subah", start=4, end=9, type="area", code="33.25.09", level="kecamatan", probability=0.9,
                  alternatives=("61.01.10",)),
            Place(text="rumah Pak Budi", start=15, end=27, type="landmark"),
        ),
        area=Area(code="33.25.09", level="kecamatan", probability=0.9),
    ),
    entities=Entities(model="e", offices=(NamedThing(id="o", name="Dinas PU", start=0, end=1),) * 2),
    amounts=Amounts(model="a", items=(Amount(text="20rb", rupiah=20_000, start=0, end=1),
                                      Amount(text="9" * 40, rupiah=int("9" * 40), start=0, end=1))),
    redaction=Redaction(
        model="x", text=REDACTED,
        personal_data=(PersonalData(type="NAME", start=23, end=27), PersonalData(type="PHONE", start=28, end=40)),
        evidence=(Evidence(start=10, end=13, why="category"), Evidence(start=30, end=99, why="category")),
    ),
    urgency=Urgency(model="u", score=0.4, reasons=("ada yang bisa didatangi",)),
    restricted=True,
)  # fmt: skip


def test_only_redacted_words_are_shown_and_searched() -> None:
    document = build_document(REPORT, revision=1)
    wire = msgspec.json.encode(document).decode()
    assert document.text == REDACTED
    assert document.stems.startswith("jalan subah rusak ")
    assert "telepon" not in document.stems
    for hidden in ("budi", "Budi", "081234567890"):
        assert hidden not in wire
    assert document.personal_data == ("NAME", "PHONE")


def test_areas_evidence_and_amounts_are_fit_to_be_shown() -> None:
    document = build_document(REPORT, revision=1)
    assert document.area_name == "Kec. Subah, Kab. Batang"
    assert document.area_path == ("33", "33.25", "33.25.09")
    assert [(place.name, place.alternatives) for place in document.places] == [
        ("Kec. Subah, Kab. Batang", ("61.01.10",))
    ]
    assert document.evidence[0] == Evidence(start=10, end=13, why="category")
    assert document.evidence[1].end == len(REDACTED)
    assert document.amounts == (20_000,)
    assert document.offices == ("Dinas PU",)
    assert document.review
    assert document.restricted


def test_the_newest_post_wins_then_the_newest_reading_then_the_newest_decision() -> None:
    decided = build_document(
        REPORT, revision=2, state="telaah", state_at=AT, decisions=5, incident_id="i", incident_link="new"
    )
    assert decided.version == document_version(ordinal=7, revision=2, decisions=5)
    assert (decided.state, decided.state_at, decided.decisions) == ("telaah", AT, 5)
    assert (decided.incident_id, decided.incident_link) == ("i", "new")
    later_post = build_document(msgspec.structs.replace(REPORT, ordinal=8), revision=0)
    later_reading = build_document(REPORT, revision=3)
    assert build_document(REPORT, revision=2).version < decided.version < later_reading.version < later_post.version


def test_a_title_is_searched_with_the_text_and_hostile_characters_keep_offsets() -> None:
    redaction = msgspec.structs.replace(REPORT.redaction, title="Pungli\x00 \ud800", text="a\x00\ud83dlampu")
    document = build_document(msgspec.structs.replace(REPORT, redaction=redaction), revision=0)
    assert document.text == "a\ufffd\ufffdlampu"
    assert document.title == "Pungli\ufffd \ufffd"
    assert {"pungli", "lampu"} <= set(document.stems.split())
    msgspec.json.encode(document)


def test_a_report_of_nowhere_has_no_area() -> None:
    nowhere = msgspec.structs.replace(REPORT, location=Location(model="p"))
    document = build_document(nowhere, revision=0)
    assert (document.area_code, document.area_name, document.area_path, document.places) == (None, None, (), ())


def test_a_decision_count_beyond_its_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="decisions"):
        build_document(REPORT, revision=0, decisions=1 << 14)
