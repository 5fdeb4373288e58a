"""Personal data: what is masked, what must stay readable, and that any text can be read."""

from __future__ import annotations

import re
import time
from random import Random

import pytest
import spacy
from hypothesis import assume, given
from hypothesis import strategies as st

from nlp.evaluation.invented import invent_name, invent_value, public_texts
from nlp.evaluation.personal_data import evaluate_personal_data
from nlp.personal_data.find import find_personal_data
from nlp.personal_data.words import load_words
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
        ("ig: tarmo_wijaya", "ig: [AKUN]"),
        ("truk DW 4252 CA lewat", "truk [PLAT] lewat"),
        ("motor h 1234 ab kabur", "motor [PLAT] kabur"),
        ("rumah saya di Jl. Mawar No. 12 RT 03 RW 05", "rumah saya di Jl. Mawar No. [ALAMAT] RT 03 RW 05"),
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
        ("Pelapor: Tarmo Wijaya", "Pelapor: [NAMA]"),
        ("Nama : tarmo wijaya\nKeluhan : air mati", "Nama : [NAMA]\nKeluhan : air mati"),
        ("Hormat saya, Tarmo Wijaya", "Hormat saya, [NAMA]"),
        ("kata Agus Santoso begitu", "kata [NAMA] begitu"),
        ("pak tarmo wijaya menagih", "pak [NAMA] menagih"),
        ("Pak Tarmo, TARMO/tarmo-nya, #TarmoMundur", "Pak [NAMA], [NAMA]/[NAMA]-nya, #[NAMA]Mundur"),
        ("Saya bernama Gatot Subroto di Jl. Gatot Subroto", "Saya bernama [NAMA] di Jl. Gatot Subroto"),
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
        "hubungi 1500771",
        "telepon tanggal 12-08-2025",
        "Kelurahan Sri Rahayu",
        "RSUD dr. Saiful Anwar",
        "Jl. Mawar No. 12 depan pasar",
        "mohon pak ditindaklanjuti",
        "Bapak/Ibu Dinas Perhubungan",
        "Ibu kota provinsi",
        "@rsud_contoh tolong",
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


AROUND = st.text(st.sampled_from("abc .,;:()\n-"), max_size=20)


@pytest.mark.parametrize("type", ["NIK", "PHONE", "PLATE", "EMAIL", "HANDLE"])
@given(data=st.data())
def test_a_valid_number_or_address_never_survives_whatever_stands_around_it(type: str, data: st.DataObject) -> None:
    value = invent_value(Random(data.draw(st.integers(0, 10_000))), type)
    assume(not re.search(r"(?<!\d)\d{3}\W?(?:CM|MM|KM|KG|ML|HA|RB|JT|AM|PM|WIB|WIT|JAM)$", value))  # "L 150 CM"
    before, after = data.draw(AROUND), data.draw(AROUND)
    assert value not in masked(f"{before} {value} {after}")


@given(st.integers(0, 10_000), AROUND, st.sampled_from(["{}", "({})", "{}nya", "/{}/", '"{}"', "{}'s", "{}-{}"]))
def test_a_person_named_once_is_masked_wherever_the_name_stands(seed: int, between: str, form: str) -> None:
    name = invent_name(Random(seed))
    for again in (name.split()[0], name.split()[0].lower(), name.split()[0].upper()):
        text = f"Pak {name} datang. {between} {form.format(again, again)}"
        assert again not in re.findall(r"[^\W\d_]+", masked(text).replace("Pak", ""))


@pytest.mark.parametrize("text", public_texts())
def test_public_names_sums_and_dates_stay(text: str) -> None:
    assert masked(text) == text


def test_names_that_the_detectors_do_not_know_are_not_in_their_list() -> None:
    known = load_words().given | load_words().family
    unlisted = {word for seed in range(300) for word in invent_name(Random(seed), listed=False).lower().split()}
    assert unlisted
    assert unlisted.isdisjoint(known)


def test_recall_on_invented_texts_is_kept() -> None:
    figures = evaluate_personal_data(seed=1, count=1300)
    assert figures["data"] == "invented data"
    assert figures["public_left_whole"] == 1
    assert min(figures["precision"].values()) >= 0.95
    for type, recall in figures["recall"].items():
        assert recall >= (0.85 if type == "UNLISTED_NAME" else 0.95), type


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
