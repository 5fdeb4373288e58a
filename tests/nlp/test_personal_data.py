"""Personal data: what is masked, what must stay readable, and that any text can be read."""

from __future__ import annotations

import time

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

import nlp.components.personal_data
from nlp.components.personal_data import find_personal_data
from nlp.redaction import redact


def masked(text: str) -> str:
    return redact(text, find_personal_data(text))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hubungi 0812-3456-7890 ya", "hubungi [TELEPON] ya"),
        ("hubungi +62 812 3456 7890", "hubungi [TELEPON]"),
        ("wa 0 8 1 2 3 4 5 6 7 8 9 0", "wa [TELEPON]"),
        ("hp 0812\u200b3456\u200b7890", "hp [TELEPON]"),
        ("NIK 3325091204900003", "NIK [NIK]"),
        ("no KK 3325 0912 0490 0004", "no KK [KK]"),
        ("NPWP 12.345.678.9-012.000", "NPWP [NPWP]"),
        ("surel warga.subah@contoh.co.id rusak", "surel [EMAIL] rusak"),
        ("mobil dinas H 9512 XA dipakai mudik", "mobil dinas [PLAT] dipakai mudik"),
        ("truk plat g 1234 ab lewat", "truk plat [PLAT] lewat"),
        ("transfer ke BCA 1234567890", "transfer ke BCA [REKENING]"),
        ("no rek 0012-345-678-9", "no rek [REKENING]"),
        ("kata @wargasubah99 begitu", "kata [AKUN] begitu"),
        ("lihat https://www.instagram.com/wargasubah99/p/1 ya", "lihat [TAUTAN] ya"),
        ("kata u/warga_subah di sana", "kata [AKUN] di sana"),
    ],
)
def test_data_with_a_form_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pak Tarmo Wijaya minta uang", "Pak [NAMA] minta uang"),
        ("bu siti minta uang", "bu [NAMA] minta uang"),
        ("a.n. TARMO WIJAYA", "a.n. [NAMA]"),
        ("rekening atas nama Tarmo Wijaya", "rekening atas nama [NAMA]"),
        ("Bapak Kepala Dinas Tarmo Wijaya", "Bapak Kepala Dinas [NAMA]"),
        ("Camat Slamet diam", "Camat [NAMA] diam"),
        ("oknum bernama tarmo bin wijaya", "oknum bernama [NAMA]"),
        ("H. Tarmo menutup jalan", "H. [NAMA] menutup jalan"),
        ("Pak Tarmo datang. Kata tarmo, uangnya buat Tarmonya", "Pak [NAMA] datang. Kata [NAMA], uangnya buat [NAMA]"),
    ],
)
def test_a_name_after_a_title_is_masked_and_stays_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Jl. Jenderal Sudirman rusak",
        "Jl. H. Agus Salim berlubang",
        "Jl. Ibu Kartini gelap",
        "RSUD dr. Soetomo antre lama",
        "Camat Subah diam",
        "Pak Camat Subah dan Bu Lurah Keputih diam",
        "Bapak Kepala Dinas Lingkungan Hidup",
        "sudah bilang Pak. Setiap hari banjir. Dokter. Tetapi belum",
        "lihat https://www.youtube.com/watch?v=contoh",
        "pungli Rp 1.500.000.000 di Subah",
        "dana 150000000 hilang di BRI",
        "biaya Rp 2500000000000000",
        "Pak Gubernur tolong jalan Subah",
        "mohon pak lurah dan bu RT datang",
        "Mohon Pak, Jalan Raya Subah rusak",
        "tolong @pemkab_batang @DishubJateng",
        "rumah saya Blok B 12 A",
        "lebar lubang L 150 CM",
        "bayar 50.000 tanpa karcis tahun 2025",
        "lapor ke 112 atau 1708",
    ],
)
def test_what_inspectors_need_stays_readable(text: str) -> None:
    assert masked(text) == text


def test_the_offices_own_accounts_can_be_kept() -> None:
    assert find_personal_data("halo @Lurah_Contoh", kept_handles=["@lurah_contoh"]) == ()
    assert find_personal_data("halo @Lurah_Contoh")[0].type == "HANDLE"


@given(st.text(st.characters(), max_size=300))
def test_any_text_gives_spans_in_bounds_that_do_not_overlap(text: str) -> None:
    position = 0
    for span in find_personal_data(text):
        assert position <= span.start < span.end <= len(text)
        position = span.end


@given(
    st.text(st.sampled_from("abc .,\n"), max_size=20),
    st.from_regex(r"08[1-9]\d{8,9}", fullmatch=True).filter(str.isascii),
    st.text(st.sampled_from("abc .,\n"), max_size=20),
)
def test_a_phone_number_never_survives(before: str, phone: str, after: str) -> None:
    assert phone not in masked(f"{before} {phone} {after}")


@pytest.mark.parametrize("piece", ["Pak ", "0812 ", "a@", "1 ", "Pak Tarmo ", "no rek ", "@a."])
def test_the_time_for_hostile_texts_stays_bounded(piece: str) -> None:
    started = time.perf_counter()
    find_personal_data(piece * (30_000 // len(piece)))
    assert time.perf_counter() - started < 10


def test_the_component_writes_its_extension_from_the_raw_text() -> None:
    pipeline = spacy.blank("id")
    pipeline.add_pipe("sidak_personal_data", config={"kept_handles": ["kami"]})
    doc = pipeline.make_doc("wa 081234567890")
    assert pipeline.get_pipe("sidak_personal_data")(doc)._.sidak_personal_data[0].type == "PHONE"
    assert nlp.components.personal_data is not None
