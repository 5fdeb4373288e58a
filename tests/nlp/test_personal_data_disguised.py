"""Personal data written so that it is hard to see: other digits, letters for digits, words, what shows nothing."""

from __future__ import annotations

import re
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.evaluation.invented import invent_value
from nlp.personal_data.find import find_personal_data
from nlp.redaction import redact

OTHER_DIGITS = ("٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "꧐꧑꧒꧓꧔꧕꧖꧗꧘꧙", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨")


def masked(text: str) -> str:
    return redact(text, find_personal_data(text))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hub 08I234567890 ya", "hub [TELEPON] ya"),
        ("hub O81234567890", "hub [TELEPON]"),
        ("hp 0812-34l6-7O90", "hp [TELEPON]"),
        ("wa +62 8I2 3456 7890", "wa [TELEPON]"),
        ("hp nol 8 satu dua 3456 7890 ya", "hp [TELEPON] ya"),
        ("hp 08 satu dua tiga 4567 890", "hp [TELEPON]"),
        ("hp kosong lapan satu dua tiga empat lima enam tujuh", "hp [TELEPON]"),
        ("hp 0812345678\n90", "hp [TELEPON]"),
        ("hp 0812-3456-\n7890 ya", "hp [TELEPON] ya"),
        ("wa +62 812 345\n67890", "wa [TELEPON]"),
        ("hp 0812xxxx7890 ya", "hp [TELEPON] ya"),
        ("hp 0812xxxx78", "hp [TELEPON]"),
        ("hp 0B12-3456-7890", "hp [TELEPON]"),
        ("hp 0812345678\n9\nterima kasih", "hp [TELEPON]\nterima kasih"),
        ("hp +62812****7890", "hp [TELEPON]"),
        ("wa 0️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣ ya", "wa [TELEPON] ya"),
        ("hp 0812\u202f3456\u20097890", "hp [TELEPON]"),
        ("Pak Bu\u200bdi minta", "Pak [NAMA] minta"),
        ("P\u00adak Tar\u2060mo minta", "P\u00adak [NAMA] minta"),
        ("surel warga@con\u200btoh.co.id", "surel [EMAIL]"),
        ("Pak Ｂｕｄｉ minta", "Pak [NAMA] minta"),
        ("bendahara desa an. Wahyu Kurniawan", "bendahara desa an. [NAMA]"),
        ("bendahara desa a.n. Wahyu Kurniawan", "bendahara desa a.n. [NAMA]"),
        ("bendahara desa atas nama Wahyu Kurniawan", "bendahara desa atas nama [NAMA]"),
        ("kartu 4111 1111 1111 1111", "kartu [KARTU]"),
        ("nomor 3325 0912 0490 0003", "nomor [NIK]"),
        ("NIK 4111 1111 1111 1111", "NIK [NIK]"),
        ("ponsel 490154203237518", "ponsel [IMEI]"),
    ],
)
def test_what_is_disguised_is_masked_all_the_same(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("digits", OTHER_DIGITS)
@pytest.mark.parametrize("type", ["NIK", "KK", "PHONE", "NPWP", "ACCOUNT"])
def test_digits_of_any_script_are_digits(type: str, digits: str) -> None:
    value = invent_value(Random(7), type)
    drawn = value.translate(str.maketrans("0123456789", digits))
    assert masked(f"no rek npwp {drawn} ya") == masked(f"no rek npwp {value} ya")
    assert value not in masked(f"no rek npwp {value} ya")


@pytest.mark.parametrize(
    "text",
    [
        "UU 30/2014 dan Perda 8 Tahun 2012 nomor 08/2019",
        "surat 008/1234/2025 tanggal 08-12-2025",
        "tahun 2008\n2009 2010 2011",
        "koordinat -0.8912345, 119.8707412",
        "https://maps.google.com/?q=-0.8912345678,119.8707",
        "titik -0.891234567890, 119.870741234567",
        "koordinat -6.912345678, 109.730812345",
        "buka 08.00 - 12.00\n13.00 - 15.30",
        "panjang 0.8 x 12 x 300 meter, Rp 812.345.678",
        "nol koma delapan persen, dua tiga lubang, empat lima warga, enam tujuh tiang",
        "nol 8 dua tiga",
        "ukuran 08 x 12 x 1234 x 56",
        "OB 12345678 dan 08.00xx",
        "ruas 08 OO1 lubang 12 O 3456",
        "Jl. Raya 08 km 12,5 RT 08 RW 12",
        "anggaran 0,8 miliar dari 1.234.567.890",
        "@humas_jateng tolong",
        "ke desa Anggrek dan desa Atas Air rusak",
        "keluarga 👨‍👩‍👧 di ⓿① pasar ½",
        "①②③ jalan ④ rusak",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hp 081234567890\n2 hari mati", "hp [TELEPON]\n2 hari mati"),
        ("hp 0812345678\n2. jalan rusak", "hp [TELEPON]\n2. jalan rusak"),
        ("hp 0812345678\n50 rb per orang", "hp [TELEPON]\n50 rb per orang"),
        ("hp 0812345678\n12-08-2025", "hp [TELEPON]\n12-08-2025"),
        ("hp 0812345678\n08.00 tutup", "hp [TELEPON]\n08.00 tutup"),
    ],
)
def test_the_next_line_is_no_part_of_a_number_that_is_whole(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(st.text(st.sampled_from("0８1٢2 3l4O5xpak.Budi\n\u200b\ufe0f\u20e3②-+*satunol"), max_size=200))
def test_spans_are_of_the_text_as_it_is_written(text: str) -> None:
    position = 0
    for span in find_personal_data(text):
        assert position <= span.start < span.end <= len(text)
        position = span.end


@given(st.integers(0, 10_000), st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad"), st.integers(1, 8))
def test_what_shows_nothing_hides_nothing(seed: int, hidden: str, at: int) -> None:
    value = invent_value(Random(seed), "PHONE")
    text = f"hub {value[:at]}{hidden}{value[at:]} ya"
    assert not re.search(r"\d", masked(text).replace(hidden, ""))


@pytest.mark.parametrize(
    "piece", ["0812 345\n", "08I2", "nol 8 ", "satu", "0８", "\u200b", "a\u200b", "08xx", "+6 2 8", "2️⃣"]
)
def test_the_time_for_hostile_texts_stays_bounded(piece: str) -> None:
    started = time.perf_counter()
    find_personal_data(piece * (30_000 // len(piece)))
    assert time.perf_counter() - started < 10
