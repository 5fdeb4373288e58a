from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.components.amounts import LARGEST_RUPIAH, find_amounts


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("bayar 20rb", [20_000]),
        ("narik 20 ribu. Warga resah", [20_000]),
        ("narik 20 ribu. warga resah", [20_000]),
        ("parkir 150rb. Warga kesal", [150_000]),
        ("pungutan 100 s/d 200 ribu", [100_000, 200_000]),
        ("pungutan 100 s.d. 200 ribu", [100_000, 200_000]),
        ("Rp 100 s/d Rp 200 ribu", [100_000, 200_000]),
        ("proyek 2.5 M mangkrak", [2_500_000_000]),
        ("Rp 1.500.000,- per kk", [1_500_000]),
        ("Rp. 25.000 per orang", [25_000]),
        ("dana 2,5 juta", [2_500_000]),
        ("1.5jt", [1_500_000]),
        ("50-100 ribu", [50_000, 100_000]),
        ("Rp 1,2 miliar", [1_200_000_000]),
        ("Rp5M", [5_000_000_000]),
        ("cuma 50rban", [50_000]),
        ("ditarik lima puluh ribu", [50_000]),
        ("10k", [10_000]),
        ("bayar 20 rb", [20_000]),
        ("dua puluh ribu", [20_000]),
        ("seratus lima puluh ribu rupiah", [150_000]),
        ("Rp 20.000,-", [20_000]),
        ("Rp.300.000,00", [300_000]),
        ("IDR 20,000", [20_000]),
        ("1,5jt", [1_500_000]),
        ("1jt500rb", [1_500_000]),
        ("2 juta 500 ribu", [2_500_000]),
        ("satu setengah juta", [1_500_000]),
        ("1,250 juta", [1_250_000]),
        ("20-an ribu", [20_000]),
        ("2 ratus ribu", [200_000]),
        ("bayar ceban", [10_000]),
        ("goceng", [5000]),
        ("gocap", [50_000]),
        ("seket ewu", [50_000]),
        ("satus ewu", [100_000]),
        ("sapuluh rebu", [10_000]),
        ("bayar sejuta", [1_000_000]),
        ("dipungut seribu lima ratus", [1500]),
        ("parkir 2000", [2000]),
        ("10.000/orang", [10_000]),
        ("500 perak", [500]),
        ("Rp50.000-Rp100.000", [50_000, 100_000]),
        ("minta 5rb s/d 10rb", [5000, 10_000]),
        ("anggaran 5 M", [5_000_000_000]),
    ],
)
def test_sums_are_read_in_rupiah(text: str, sums: list[int]) -> None:
    found = find_amounts(text)
    assert [amount.rupiah for amount in found] == sums


@pytest.mark.parametrize(
    "text",
    [
        *("081234567890", "tahun 2022", "RT 05 RW 10", "jalan rusak 20 m", "5 m dari gapura", "KM 36", "3 k"),
        *("bayar pajak tahun 2025", "0812-3456-7890", "minta nomor 1234", "Jl. Contoh No. 2000", "12.500.000 suara"),
        *("20 ribu orang", "sejuta umat", "10k followers", "lima ribu rumah", "bayar ke rek 1234567890", "RT 2000"),
    ],
)
def test_other_numbers_are_no_sums(text: str) -> None:
    assert find_amounts(text) == ()


PIECES = (
    "20",
    "1.500",
    ",5",
    "rb",
    " ribu",
    "jt",
    " juta",
    "Rp",
    " ",
    "-",
    "seket",
    "dua ",
    "puluh ",
    "ceban",
    "bayar ",
)


@given(st.text(alphabet="0123456789.,rpRPjutb ribu-–Mk٣") | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_spans_hold_the_text_they_claim(text: str) -> None:
    for amount in find_amounts(text):
        assert text[amount.start : amount.end] == amount.text
        assert 0 < amount.rupiah <= LARGEST_RUPIAH
