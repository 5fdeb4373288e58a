"""A letter or a long story told to an office: a report, whatever thanks and greetings come with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nlp.analyze import Analyzer
from sidak.models import Post, Relevance

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)

DAMAGE = (
    "jalan di depan balai RW 5 berlubang dalam sejak bulan lalu, sudah dua motor jatuh dan air menggenang tiap hujan"
)
GREETED = f"Selamat pagi Bapak/Ibu, mohon ditindaklanjuti, {DAMAGE}. Terima kasih banyak"
STORY = (
    "saya antre di loket kelurahan dari jam delapan sampai siang untuk surat pindah, petugasnya malah mengobrol dan main "
    "hp, begitu nomor saya dipanggil katanya sudah tutup dan disuruh kembali besok, padahal kemarin juga begitu dan anak "
    "saya sampai tidak masuk sekolah karena menunggu suratnya"
)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def _read(analyzer: Analyzer, text: str) -> Relevance:
    post = Post(
        source="test", native_id="1", kind="post", lane="overheard", text=text, created_at=NOW, collected_at=NOW
    )
    return next(iter(analyzer.analyze([post], now=NOW))).relevance


@pytest.mark.parametrize("text", [DAMAGE, GREETED, STORY])
def test_what_is_told_to_an_office_is_a_report_with_and_without_greetings(analyzer: Analyzer, text: str) -> None:
    assert _read(analyzer, text).is_report is True


def test_thanks_for_a_repair_are_none(analyzer: Analyzer) -> None:
    said = "Alhamdulillah jalan kampung kami sudah diperbaiki dan mulus, terima kasih banyak Bapak Ibu"
    assert _read(analyzer, said).is_report is False


def test_an_application_in_the_same_words_is_none(analyzer: Analyzer) -> None:
    said = "Selamat pagi Bapak/Ibu, mohon informasi syarat mengurus surat pindah di kelurahan. Terima kasih banyak"
    assert _read(analyzer, said).is_report is not True
