"""No cell of a CSV export is a formula to a spreadsheet, whatever separator it splits the file by."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.export_cells import defuse_text, write_cell
from index.export_files import csv_lines
from index.export_rows import build_row
from tests.support.documents import NOW, make_document

SIGNS = tuple("=+-@＝＋－＠")
TEXTS = st.text(alphabet=st.sampled_from([*"=+-@＝＠;\t\r\n\"' ab1,|\u2028\u00a0“", "\x0b"]), max_size=30)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet that trims a cell and drops its quotes could take it for a formula."""
    return re.sub(r"[\s\"“”‘’`]", "", cell[:50]).startswith(SIGNS)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+62", "-5", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', '" =1', "' =1", "\u00a0=1", "＝1", "\n=1", "''=1"],
)
def test_a_formula_gets_the_mark_of_plain_text(text: str) -> None:
    defused = defuse_text(text)
    assert "'" in defused
    assert defused.replace("'", "") == text.replace("'", "")
    sign = next(at for at, character in enumerate(defused) if character in SIGNS)
    assert defused[sign - 1] == "'"


@pytest.mark.parametrize("text", ["a;=1", "a\t+1", "a\n- b", 'a; "=1', "jalan rusak;\t @x"])
def test_what_another_separator_would_make_a_cell_is_defused_too(text: str) -> None:
    assert not any(
        is_formula(part) for line in defuse_text(text).splitlines() for part in line.replace("\t", ";").split(";")
    )


@pytest.mark.parametrize("text", ["", "jalan rusak", "kec. Subah - Batang", "a=b", "2+2", "surel@contoh", "SDN 2, -an"])
def test_words_stay_as_they_are(text: str) -> None:
    assert defuse_text(text) == text


@given(TEXTS)
def test_no_text_starts_a_formula_however_the_file_is_split(text: str) -> None:
    row = build_row(make_document("x:1", "a"), key=b"k")
    changed = type(row)(**{name: getattr(row, name) for name in row.__struct_fields__} | {"text": text, "title": text})
    content = b"".join(csv_lines([changed])).decode()
    cells = list(csv.reader(io.StringIO(content, newline="")))[1]
    for separator in (",", ";", "\t"):
        for read in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
            assert not [cell for cell in read if is_formula(cell)]
    assert not [cell for cell in cells if cell[:1] in {"\t", "\r", "\n"}]
    assert len(cells) == len(row.__struct_fields__)
    assert cells[row.__struct_fields__.index("text")].replace("'", "") == text.replace("'", "")


def test_other_values_are_written_plainly() -> None:
    assert [write_cell(value) for value in (None, True, 3, -0.5, NOW, ("=a", "b"), ())] == [
        "", "true", "3", "-0.5", "2026-11-20T05:00:00Z", "'=a | b", ""
    ]  # fmt: skip


def test_long_runs_are_read_once() -> None:
    for run in ("\n", ' "', "=", ";="):
        text = run * (200_000 // len(run)) + "a"
        assert defuse_text(text).replace("'", "") == text
