from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.components.amounts import LARGEST_RUPIAH, find_amounts


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("bayar 20rb", [20_000]),
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
    ],
)
def test_sums_are_read_in_rupiah(text: str, sums: list[int]) -> None:
    found = find_amounts(text)
    assert [amount.rupiah for amount in found] == sums


@pytest.mark.parametrize(
    "text", ["081234567890", "tahun 2022", "RT 05 RW 10", "jalan rusak 20 m", "5 m dari gapura", "KM 36", "3 k"]
)
def test_other_numbers_are_no_sums(text: str) -> None:
    assert find_amounts(text) == ()


@given(st.text(alphabet="0123456789.,rpRPjutb ribu-–Mk٣"))
def test_spans_hold_the_text_they_claim(text: str) -> None:
    for amount in find_amounts(text):
        assert text[amount.start : amount.end] == amount.text
        assert 0 < amount.rupiah <= LARGEST_RUPIAH
