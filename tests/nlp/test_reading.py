"""Gate, policy, urgency and what the pipeline does with titles, lanes and long runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from nlp.analyze import Analyzer
from nlp.components.urgency import weigh_urgency
from nlp.gate import read_gate
from nlp.gate_features import phrase_names
from nlp.lexicon import phrases
from nlp.linear import BIAS, LinearModel, read_model, write_model
from nlp.model import linear_model, version
from nlp.policy import decide
from nlp.teaching.keepable import may_keep_wording
from sidak.models import Classification, Dropped, Post, Report

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(region="33")


def make_post(text: str, **fields: Any) -> Post:
    return Post(
        **{
            "source": "test",
            "native_id": "1",
            "kind": "post",
            "lane": "overheard",
            "text": text,
            "created_at": NOW,
            "collected_at": NOW,
            **fields,
        }
    )


def read(analyzer: Analyzer, text: str, **fields: Any) -> Report:
    return next(analyzer.analyze([make_post(text, **fields)], now=NOW))


@pytest.mark.parametrize(
    "text",
    [
        "jalan rusak",
        "lampu mati semua pak",
        "dalan bolong nang ngarep omahku",
        "raskin diembat pak rt",
        "sopir ditarikin 20rb tiap lewat timbangan",
        "air pdam butek tiga hari",
        "urus ktp disuruh nyogok",
    ],
)
def test_the_gate_lets_signs_of_trouble_through(text: str) -> None:
    assert read_gate(text, lane="overheard").passed


def test_the_gate_says_why_it_turns_a_post_away() -> None:
    assert read_gate("", lane="addressed").reason == "empty"
    assert read_gate("😀 !!! https://contoh.example", lane="overheard").reason == "empty"
    assert read_gate("this is the best day of my life and I love it", lane="overheard").reason == "language"
    assert read_gate("Kangen nonton konser bareng @temanku, rindu lagunya #musik", lane="overheard").reason == "no_sign"


def test_whoever_writes_to_the_office_is_read() -> None:
    assert read_gate("Kangen nonton konser bareng @temanku, rindu lagunya #musik", lane="addressed").passed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("Kangen nonton konser bareng @temanku, rindu lagunya #musik", "gate"),
        ("this is the best day of my life and I love it", "language"),
        ("Banjir Rendam Jalan dan Puluhan Rumah Warga Limpung, Ujar Kepala BPBD https://contoh.example", "gate"),
        ("jalan rusak bukan halangan buat liburan bareng kamu", "not_report"),
    ],
)
def test_dropped_posts_carry_a_stable_reason(analyzer: Analyzer, text: str, reason: str) -> None:
    outcome = decide(read(analyzer, text))
    assert isinstance(outcome, Dropped)
    assert outcome.reason in ({"gate", reason} if reason == "not_report" else {reason})


@pytest.mark.parametrize(
    ("said", "reason"), [("bergaya berita", "news"), ("iklan", "advert"), ("kiasan", "not_report")]
)
def test_what_the_reading_found_names_the_reason(analyzer: Analyzer, said: str, reason: str) -> None:
    report = read(analyzer, "jalan raya Subah rusak parah, tolong diperbaiki")
    doubted = msgspec.structs.replace(report.relevance, is_report=False, reasons=(said,))
    outcome = decide(msgspec.structs.replace(report, relevance=doubted))
    assert isinstance(outcome, Dropped)
    assert outcome.reason == reason


def test_deleted_posts_are_dropped_whatever_they_say(analyzer: Analyzer) -> None:
    outcome = decide(read(analyzer, "jalan raya Subah rusak parah, tolong diperbaiki", state="deleted"))
    assert isinstance(outcome, Dropped)
    assert outcome.reason == "deleted"


def test_what_only_a_person_can_decide_is_kept(analyzer: Analyzer) -> None:
    report = read(analyzer, "sopir truk ditarikin 20rb tiap lewat timbangan sama petugas, gak dikasih karcis")
    assert report.relevance.is_report is not False
    assert decide(report) is report


def test_ordinals_and_order_are_kept_across_batches(analyzer: Analyzer) -> None:
    texts = ["jalan rusak parah", "halo semua", ""] * 100
    posts = [make_post(text, native_id=str(n)) for n, text in enumerate(texts)]
    reports = list(analyzer.analyze(posts, ordinals=range(1000, 1300), now=NOW))
    assert [r.post.native_id for r in reports] == [str(n) for n in range(300)]
    assert [r.ordinal for r in reports] == list(range(1000, 1300))
    assert {r.model for r in reports} == {version()}


def test_a_title_counts_but_spans_are_those_of_the_text(analyzer: Analyzer) -> None:
    text = "Sudah tiga bulan, tolong segera diperbaiki. Warga bayar 50rb untuk menambal."
    report = read(analyzer, text, title="Jalan raya Weleri rusak parah")
    assert report.classification.category == "jalan_rusak"
    for each in (*report.classification.evidence, *report.relevance.evidence, *report.urgency.evidence):
        assert 0 <= each.start < each.end <= len(text)
    (amount,) = report.amounts.items
    assert text[amount.start : amount.end] == amount.text == "50rb"
    assert report.redaction.title == "Jalan raya Weleri rusak parah"


def test_doubt_lowers_urgency_and_says_so() -> None:
    believed, doubted = (
        weigh_urgency(
            "jalan berbahaya, sudah ada yang jatuh",
            classification=Classification(model="m", kind="damage"),
            report_probability=p,
        )
        for p in (0.9, 0.1)
    )
    assert doubted.score < believed.score / 3
    assert "diragukan" in doubted.reasons[-1]
    assert not any("diragukan" in reason for reason in believed.reasons)


def test_urgency_says_why(analyzer: Analyzer) -> None:
    calm = read(analyzer, "jalan depan pasar Boja rusak, mohon diperbaiki")
    grave = read(
        analyzer,
        "jalan depan SD Boja berlubang, kemarin anak sekolah jatuh dan luka-luka, bahaya, sudah berkali-kali dilaporkan",
    )
    assert grave.urgency.score > calm.urgency.score
    assert {"ada korban atau kecelakaan", "membahayakan"} <= set(grave.urgency.reasons)


def test_evidence_names_the_words_that_speak_for_the_category(analyzer: Analyzer) -> None:
    report = read(analyzer, "Assalamualaikum pak, lampu jalan mati di Jl. Kenanga, mohon diperbaiki")
    spans = {report.post.text[each.start : each.end] for each in report.classification.evidence}
    assert "lampu jalan mati" in spans


def test_a_denied_fault_does_not_count(analyzer: Analyzer) -> None:
    assert read(analyzer, "jalan di sini tidak rusak kok, aman").classification.category is None


def test_an_official_who_takes_part_makes_parking_money_misconduct(analyzer: Analyzer) -> None:
    report = read(analyzer, "tukang parkir liar di pasar Boja minta 10rb, dibekingi oknum dishub, ada setoran pungli")
    assert report.classification.kind == "misconduct"
    assert report.restricted


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dalan ngarep omahku peteng banget, wis suwe ora didandani", "jv"),
        ("jalan di depan rumah saya rusak dan sudah lama tidak diperbaiki", "id"),
        ("jalan di lembur abdi reksak pisan, iraha rek didandosan atuh", "su"),
        ("the road in front of my house is broken and nobody cares about it", "en"),
        ("!!!", "und"),
    ],
)
def test_languages_are_told_apart(analyzer: Analyzer, text: str, code: str) -> None:
    assert read(analyzer, text).language.code == code


def test_no_lexicon_phrase_is_listed_twice_for_one_meaning() -> None:
    seen = [(phrase.label, phrase.category, phrase.text) for phrase in phrases()]
    assert sorted({each for each in seen if seen.count(each) > 1}) == []


def test_models_are_text_that_reads_back_the_same() -> None:
    model = LinearModel(bias=-1.5, weights={"w:rusak": 2.0, "cue:NEWS": -0.25})
    assert read_model(write_model(model, comments=["a comment"])) == model
    with pytest.raises(ValueError, match="line 2"):
        read_model(f"{BIAS}\t1\nbroken")


def test_committed_weights_cannot_be_read_back_into_text() -> None:
    for name in ("relevance", "relevance_letter", "style"):
        stems = [key[2:] for key in linear_model(name).weights if key.startswith("w:")]
        assert stems
        assert len(stems) < 3500
        words = [stem.split(" ") for stem in stems]
        assert all(len(each) <= 2 for each in words), "longer runs of words could be put together again"
        assert all(word.isalpha() for each in words for word in each if word not in {"<", ">"})


def test_the_gates_weights_are_of_common_words_and_our_phrases() -> None:
    for name in ("gate", "gate_style"):
        lexical = [key for key in linear_model(name).weights if key[:2] in {"u:", "b:"}]
        assert lexical
        assert all(map(may_keep_wording, lexical))
        assert not any(char.isdigit() and char != "0" for key in lexical for char in key)
        assert all(len(key[2:].split(" ")) == 2 for key in lexical if key[0] == "b")
    assert {key for key in linear_model("gate").weights if key[:2] == "p:"} <= {*phrase_names()}


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"])
def test_what_hides_in_words_changes_nothing_that_is_read(analyzer: Analyzer, hidden: str) -> None:
    plain = read(analyzer, "jalan rusak parah di Kecamatan Subah Kabupaten Batang, sudah sebulan")
    hiding = read(
        analyzer,
        f"jalan ru{hidden}sak parah di Kecamatan Su{hidden}bah Kabupaten Ba{hidden}tang, sudah se{hidden}bulan",
    )
    assert hiding.classification.category == plain.classification.category == "jalan_rusak"
    assert hiding.location.area == plain.location.area
    assert hiding.location.area is not None
    assert hiding.relevance.probability == plain.relevance.probability
    assert hiding.gate == plain.gate
    assert hiding.normalized == plain.normalized
