"""XLSX: ordinary workbooks, damaged ones and ones made to do harm."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from collectors.files import read_xlsx
from sidak.errors import StopError, UsageError

HEAD = ("id", "text", "created_at")


def workbook(*rows: tuple[object, ...], more_sheets: int = 0) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(more_sheets):
        book.create_sheet().append(("lain",))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one part replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return file.getvalue()


GOOD = workbook(HEAD, (1, "Jalan berlubang", date(2026, 3, 1)), ("B-2", "Lampu mati", "01/03/2026"))
SHEET = "xl/worksheets/sheet1.xml"


def test_rows_become_posts_whatever_type_the_cells_have(desk) -> None:
    content = workbook(
        ("Laporan warga bulan Maret",), (), HEAD, (1, "Banjir", date(2026, 3, 1)), (2.0, "Longsor", 46082.5), (None,) * 3
    )  # fmt: skip
    result = desk.load_text("a.xlsx", content)
    assert (result.rows, result.new) == (2, 2)
    assert [post.native_id for post in desk.posts()] == ["generic:1", "generic:2"]
    assert desk.posts()[0].created_at == datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert desk.posts()[1].created_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert desk.load_text("a.xlsx", content).unchanged == 2


def test_a_bad_cell_is_set_aside_by_its_row(desk) -> None:
    assert desk.load_text("a.xlsx", workbook(HEAD, (1, "Banjir", "besok"), (2, "Longsor", "2026-03-01"))).new == 1
    assert desk.letters()[0].where == "a.xlsx, line 2, field created_at"


def test_only_the_first_sheet_is_read_and_that_is_told(desk) -> None:
    result = desk.load_text("a.xlsx", workbook(HEAD, (1, "Banjir", "2026-03-01"), more_sheets=2))
    assert result.new == 1
    assert "only the first, 'Sheet', is read" in result.warnings[0]


@pytest.mark.parametrize("rows", [[("id", "isi")], [("id", "isi"), *[(n, "x") for n in range(30)]]])
def test_missing_columns_are_wrong_use(desk, rows: list[tuple[object, ...]]) -> None:
    with pytest.raises(UsageError, match=r"a\.xlsx: no column for text"):
        desk.load_text("a.xlsx", workbook(*rows))


def test_an_empty_sheet_says_so(desk) -> None:
    with pytest.raises(StopError, match="the first sheet is empty"):
        desk.load_text("a.xlsx", workbook())


@pytest.mark.parametrize("cut", [10, 200, len(GOOD) // 2, len(GOOD) - 10])
def test_a_truncated_workbook_stops_with_its_name(desk, cut: int) -> None:
    with pytest.raises(StopError, match=r"a\.xlsx: not a readable XLSX workbook"):
        desk.load_text("a.xlsx", GOOD[:cut])


def test_rows_before_the_damage_are_kept(desk) -> None:
    big = workbook(HEAD, *((n, f"Banjir {n}", "2026-03-01") for n in range(3000)))
    with zipfile.ZipFile(io.BytesIO(big)) as archive:
        sheet = archive.read(SHEET)
    with pytest.raises(StopError, match=r"damaged after row \d+"):
        desk.load_text("a.xlsx", replaced(big, SHEET, sheet[: len(sheet) // 2]))
    kept = len(desk.posts())
    assert kept >= 1000
    assert desk.load_text("a.xlsx", big).new == 3000 - kept


def test_a_zip_bomb_is_refused_before_it_is_unpacked(desk) -> None:
    bomb = replaced(GOOD, SHEET, b"<worksheet>" + b" " * (64 << 20))
    assert len(bomb) < 1 << 20
    with pytest.raises(StopError, match=r"sheet1\.xml would unpack to 64 MiB"):
        desk.load_text("a.xlsx", bomb)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"])
@pytest.mark.parametrize(
    "document_type",
    [
        b'<!DOCTYPE x [<!ENTITY a "banjir"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
    ],
    ids=["bomb", "external"],
)
def test_xml_entities_are_refused(desk, document_type: bytes, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        content = archive.read(part).removeprefix(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
    with pytest.raises(StopError, match=r"a\.xlsx.*Entit"):
        desk.load_text("a.xlsx", replaced(GOOD, part, document_type + content))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "[Content_Types].xml", SHEET])
def test_broken_xml_is_told(desk, part: str) -> None:
    with pytest.raises(StopError, match=r"a\.xlsx.*ParseError"):
        desk.load_text("a.xlsx", replaced(GOOD, part, b"<a><b></a>"))


def test_a_sheet_that_lies_about_its_size_does_not_make_the_reader_wait(desk, monkeypatch) -> None:
    monkeypatch.setattr(read_xlsx, "MAX_ROWS", 1000)  # Excel's own limit takes seconds to walk
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        sheet = archive.read(SHEET)
    far = sheet.replace(b'<row r="3"', b'<row r="99999999999"').replace(b"A1:C3", b"A1:XFD1048576")
    assert far != sheet
    assert desk.load_text("a.xlsx", replaced(GOOD, SHEET, far)).new == 1
