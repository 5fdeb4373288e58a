"""Urgency: points by stated reasons, each with its words; denied and figurative words add nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.components.amounts import find_amounts
from nlp.components.dates import find_dates
from nlp.components.urgency import weigh_urgency
from sidak.models import Classification, Urgency

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


def weigh(text: str, *, kind: str = "damage") -> Urgency:
    return weigh_urgency(
        text,
        classification=Classification(model="m", kind=kind),  # type: ignore[arg-type]  # one of the kinds
        report_probability=0.9,
        amounts=find_amounts(text),
        dates=find_dates(text, created_at=NOW),
        written_at=NOW,
    )


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("kemarin ada yang jatuh di situ", "ada korban atau kecelakaan", "jatuh"),
        ("hampir tabrakan di situ", "membahayakan", "tabrakan"),
        ("nyaris saja terpeleset", "membahayakan", "terpeleset"),
        ("meh tibo", "membahayakan", "tibo"),
        ("nyaris jatuh korban", "membahayakan", "nyaris jatuh korban"),
        ("banyune wis mlebu omah sakdengkul", "membahayakan", "mlebu omah"),
        ("cai geus sapinggang", "membahayakan", "sapinggang"),
        ("motore kintir", "ada korban atau kecelakaan", "kintir"),
        ("hampir tiap hari ada kecelakaan", "ada korban atau kecelakaan", "kecelakaan"),
        ("rawan begal", "membahayakan", "rawan begal"),
        ("nunggu ada korban dulu?", "membahayakan", "nunggu ada korban"),
        ("dilewati anak sekolah", "menyangkut kelompok rentan atau layanan penting", "anak sekolah"),
        ("sudah berkali-kali dilaporkan", "berulang atau sudah pernah dilaporkan", "sudah berkali-kali"),
        ("ga ditanggapi", "berulang atau sudah pernah dilaporkan", "ga ditanggapi"),
        ("peteng dedet", "gelap atau malam hari", "peteng dedet"),
        ("desa terisolasi", "akses atau layanan terputus", "terisolasi"),
        ("ratusan warga tidak bisa kerja", "banyak orang terdampak", "ratusan warga"),
        ("sudah 3 bulan", "sudah berlangsung 3 bulan", "3 bulan"),
        ("rusak sejak Januari", "sudah berlangsung sejak Januari", "Januari"),
        ("dari dulu begini", "sudah berlangsung lama", "dari dulu"),
    ],
)
def test_each_reason_comes_with_its_words(text: str, reason: str, words: str) -> None:
    part = next(part for part in weigh(text).parts if part.reason == reason)
    assert words in {text[span.start : span.end] for span in part.spans}
    assert part.points > 0


@pytest.mark.parametrize(
    "text",
    [
        "tidak ada korban",
        "gak bahaya kok",
        "jatuh cinta sama kota ini",
        "garansi 3 bulan",
        "anak buah pak camat",
        "SANGAT KECEWA DAN MARAH SEKALI!!!",
        "",
    ],
)
def test_denied_figurative_and_angry_words_add_nothing(text: str) -> None:
    assert weigh(text).score == 0


@pytest.mark.parametrize("text", ["hampir tabrakan", "hampir jatuh", "nyaris saja jatuh", "hampir ada korban"])
def test_a_near_miss_harmed_nobody(text: str) -> None:
    assert [part.reason for part in weigh(text).parts] == ["membahayakan"]


def test_the_score_is_the_sum_of_its_parts() -> None:
    urgency = weigh("anak sekolah jatuh, sudah berkali-kali dilaporkan")
    assert urgency.score == pytest.approx(sum(part.points for part in urgency.parts))
    assert [part.reason for part in urgency.parts] == list(urgency.reasons)


def test_the_longer_it_has_lasted_the_more_it_counts_and_only_once() -> None:
    week, year = weigh("mati seminggu"), weigh("mati setahun, bertahun-tahun dibiarkan")
    assert 0 < week.score < year.score == 0.15


def test_money_counts_where_misconduct_is_told() -> None:
    assert weigh("petugas minta 20rb", kind="misconduct").score > weigh("petugas minta 20rb").score


@given(st.text(max_size=200))
def test_any_text_gives_spans_within_it(text: str) -> None:
    urgency = weigh(text)
    assert 0 <= urgency.score <= 1
    for part in urgency.parts:
        assert part.spans
        assert all(0 <= span.start < span.end <= len(text) for span in part.spans)
