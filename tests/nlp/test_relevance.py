"""A letter or a long story told to an office: a report, whatever thanks and greetings come with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nlp.analyze import Analyzer
from sidak.models import Lane, Post, Relevance

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


def _read(analyzer: Analyzer, text: str, *, lane: Lane = "overheard") -> Relevance:
    post = Post(source="test", native_id="1", kind="post", lane=lane, text=text, created_at=NOW, collected_at=NOW)
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


LATE = (
    "saya sudah mengajukan kartu keluarga sejak dua bulan lalu tapi sampai sekarang belum jadi juga, alasannya server"
)


@pytest.mark.parametrize("lane", ["addressed", "overheard"])
def test_an_application_that_an_office_leaves_lying_is_a_report(analyzer: Analyzer, lane: Lane) -> None:
    assert _read(analyzer, LATE, lane=lane).is_report is True


@pytest.mark.parametrize("lane", ["addressed", "overheard"])
@pytest.mark.parametrize(
    "text",
    [
        "Permisi, mohon info syarat perpanjangan KTP yang hilang",
        "Permisi Bapak/Ibu, bagaimana cara mendaftarkan anak saya ke sekolah negeri tahun ini",
        "Terima kasih kepada petugas kelurahan yang ramah dan cepat melayani warga",
    ],
)
def test_who_only_asks_or_gives_thanks_reports_nothing(analyzer: Analyzer, text: str, lane: Lane) -> None:
    assert _read(analyzer, text, lane=lane).is_report is not True


def test_what_is_sent_to_an_office_is_read_as_a_letter_however_it_is_worded(analyzer: Analyzer) -> None:
    said = "sampahnya kok gak diangkut pak"
    sent, heard = (_read(analyzer, said, lane=lane) for lane in ("addressed", "overheard"))
    assert sent.is_report is True
    assert sent.probability > heard.probability


@pytest.mark.parametrize(
    "text",
    [
        "Pemkot Perbaiki 20 Titik Jalan Berlubang, Target Rampung Akhir Tahun",
        "Jembatan Gantung Putus, Siswa Seberangi Sungai",
        "Sampah Menggunung di Pasar Induk, Pedagang Mengeluh",
        "paving block murah untuk jalan rusak, minimal order 50 meter",
        "Dinas Perhubungan menertibkan parkir liar di kawasan alun-alun",
        "jual tutup got beton, solusi selokan ambrol, bisa kirim se-Jawa Tengah",
        "Selamat pagi sobat PDAM, hari ini ada gangguan aliran air di wilayah timur karena pipa bocor",
    ],
)
def test_headlines_adverts_and_publicity_that_read_like_letters_are_no_reports(analyzer: Analyzer, text: str) -> None:
    assert _read(analyzer, text).is_report is not True


def test_who_tells_of_the_same_trouble_in_a_letter_is_heard_beside_an_advert(analyzer: Analyzer) -> None:
    said = "jual tutup got beton. Mohon got di depan rumah kami yang ambrol diperbaiki, kemarin anak saya jatuh"
    assert _read(analyzer, said).is_report is True


@pytest.mark.parametrize(
    "text",
    [
        "Jalan Rusak Parah di Depan Pasar, Sudah 3 Bulan Tidak Diperbaiki",
        "Mohon Perbaikan Jalan Rusak di Desa Kami",
        "tolong dinas perbaiki jalan depan sekolah, lubangnya dalam",
    ],
)
def test_who_writes_like_a_headline_or_names_the_office_first_is_heard(analyzer: Analyzer, text: str) -> None:
    assert _read(analyzer, text).is_report is True
