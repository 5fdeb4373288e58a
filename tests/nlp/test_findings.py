"""The steps read the same whether spaCy calls them with a Doc or somebody with what is known alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import spacy
from spacy.language import Language as SpacyLanguage

from nlp.build import build_nlp, make_doc
from nlp.encoder.odds import Odds
from nlp.findings import SECTIONS, Findings, Step
from nlp.reading import Reading

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
TEXT = "  Jalan di Kec. Subah rusak parah sejak kemarin,\nwarga dimintai 20rb oleh petugas Dishub. Mohon diperbaiki"


@pytest.fixture(scope="module")
def nlp() -> SpacyLanguage:
    return build_nlp()


@pytest.mark.parametrize("text", [TEXT, "", " \n"])
def test_a_doc_and_the_record_alone_give_the_same_sections(nlp: SpacyLanguage, text: str) -> None:
    doc = nlp(make_doc(nlp, text, region="33.25", lane="addressed", created_at=NOW, source="x"))
    found = Findings(reading=Reading(text), region="33.25", lane="addressed", created_at=NOW, source="x")
    for _, step in nlp.pipeline:
        assert isinstance(step, Step)
        step.read(found)

    assert {name: getattr(doc._, f"sidak_{name}") for name in SECTIONS} == {
        name: getattr(found, name) for name in SECTIONS
    }


def test_texts_read_together_are_read_as_each_alone(nlp: SpacyLanguage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(text: str) -> Odds:
        asked.append(text)
        return Odds(float(len(text) % 5), float(len(text) % 3))

    monkeypatch.setattr("nlp.components.relevance.ask_encoder", ask)
    texts = [
        TEXT,
        "",
        "banjir lagi depan rumah, ada yang sama?",
        "macet parah di Subah",
        "halo semua",
        "got mampet bau",
    ]
    together, alone = ([Findings(reading=Reading(text), region="33.25") for text in texts] for _ in range(2))
    for _, step in nlp.pipeline:
        assert isinstance(step, Step)
        step.read_all(together)
        for found in alone:
            step.read(found)

    assert 0 < len(asked) < 2 * len(texts)
    for name in SECTIONS:
        assert [getattr(found, name) for found in together] == [getattr(found, name) for found in alone]


def test_all_sections_of_a_text_about_trouble_are_written(nlp: SpacyLanguage) -> None:
    doc = nlp(make_doc(nlp, TEXT, region="33.25", created_at=NOW))

    assert doc._.sidak_language.code == "id"
    assert doc._.sidak_signals
    assert doc._.sidak_points
    assert doc._.sidak_amounts.items[0].rupiah == 20_000
    assert doc._.sidak_dates.items[0].value == "2026-11-01"
    assert doc._.sidak_location.area.code.startswith("33.25")
    assert doc._.sidak_entities.offices
    assert doc._.sidak_classification.category
    assert 0 < doc._.sidak_relevance.probability < 1
    assert doc._.sidak_urgency.reasons
    assert doc._.sidak_routing.reason


def test_a_step_reads_docs_of_other_tokenizers() -> None:
    blank = spacy.blank("id")
    blank.add_pipe("sidak_signals")

    assert "SAYS" in {each.label for each in blank("jalan rusak")._.sidak_signals}
