"""Dates and spans of time: what people write, reckoned from the day of writing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.components.dates import find_dates

THURSDAY = datetime(2026, 11, 26, 3, tzinfo=UTC)


def values(text: str, written_at: datetime = THURSDAY) -> list[str]:
    return [moment.value for moment in find_dates(text, created_at=written_at)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kemarin ambruk", ["2026-11-25"]),
        ("tadi pagi banjir", ["2026-11-26"]),
        ("mati sejak tadi malam", ["2026-11-25"]),
        ("wingi ambruk", ["2026-11-25"]),
        ("minggu lalu sudah lapor", ["2026-W47"]),
        ("bulan kemarin", ["2026-10"]),
        ("tahun lalu", ["2025"]),
        ("3 hari yang lalu", ["2026-11-23"]),
        ("dua minggu lalu", ["2026-11-12"]),
        ("sejak Januari rusak", ["2026-01"]),
        ("sejak Desember rusak", ["2025-12"]),
        ("sejak 2023 belum diaspal", ["2023"]),
        ("tgl 5 ditarik", ["2026-11-05"]),
        ("tanggal 30 ditarik", ["2026-10-30"]),
        ("kejadian 12/8 malam", ["2026-08-12"]),
        ("12-08-2025", ["2025-08-12"]),
        ("2025-08-12", ["2025-08-12"]),
        ("5 Januari 2025", ["2025-01-05"]),
        ("Senin (5/8)", ["2026-11-23", "2026-08-05"]),
        ("hari minggu", ["2026-11-22"]),
        ("kamis kemarin", ["2026-11-19"]),
        ("jumat depan", ["2026-11-27"]),
        ("sudah 3 bulan", ["P3M"]),
        ("wis telung sasi", ["P3M"]),
        ("hampir 1,5 tahun", ["P18M"]),
        ("seminggu lebih", ["P1W"]),
        ("mati 5 jam", ["PT5H"]),
    ],
)
def test_dates_are_reckoned_from_the_day_of_writing(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "RT 12/8",
        "0812-3456-7890",
        "Rp 12.500.000",
        "anak umur 5 tahun",
        "5 tahun penjara",
        "31/02/2025",
        "buka 24/7",
        "dari dulu begini",
        "jalan rusak 20 meter",
        "Perda No. 5/12",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert values(text) == []


def test_the_day_is_the_one_where_it_was_written() -> None:
    before_midnight_utc = datetime(2026, 11, 26, 18, tzinfo=UTC)  # one in the morning of the 27th in Jakarta
    assert values("hari ini", before_midnight_utc) == ["2026-11-27"]


@given(
    st.text(st.sampled_from("0123456789/-. tglsejakbulankemrihduwlpJ"), max_size=80),
    st.datetimes(timezones=st.just(UTC)),
)
def test_any_text_and_any_day_give_spans_that_hold_their_text(text: str, written_at: datetime) -> None:
    for moment in find_dates(text, created_at=written_at):
        assert text[moment.start : moment.end] == moment.text
        assert moment.value
