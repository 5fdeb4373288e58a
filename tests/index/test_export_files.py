"""An export as a file of each form: the same rows in all of them, typed, redacted, and nothing that tells of authors."""

from __future__ import annotations

import csv
import json
import stat
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pyarrow import parquet

from index.document import Document
from index.export_files import FORMATS, ROW_GROUP, Format, describe_columns, parquet_schema, write_rows
from index.export_rows import LEFT_OUT, ExportRow, build_row
from tests.support.documents import NOW, make_document

NAMES = ExportRow.__struct_fields__
PLAIN = make_document("x:1", "=1+1 rusak\nparah", offices=("Dinas PU", "Irban"), amounts=(20_000,), is_report=None)


def rows(count: int) -> Iterator[ExportRow]:
    row = build_row(make_document("x:1", "Jalan rusak parah sekali, mohon diperbaiki. " * 10), key=b"k")
    return (msgspec.structs.replace(row, id=f"x:{number:07}") for number in range(count))


def test_every_field_of_the_index_is_exported_or_left_out_for_a_reason() -> None:
    derived = {"review", "area_provinsi", "area_kabkota", "area_kecamatan", "area_kelurahan", "incident"}
    assert set(Document.__struct_fields__) - LEFT_OUT == set(NAMES) - derived
    assert not LEFT_OUT & set(NAMES)


def test_every_column_is_described() -> None:
    assert tuple(describe_columns()) == NAMES
    assert all(describe_columns().values())


def test_reports_of_one_incident_share_a_mark_that_nobody_can_compute() -> None:
    documents = [make_document(f"x:{number}", incident_id=incident) for number, incident in enumerate("aab")]
    first, second, other = (build_row(document, key=b"k").incident for document in documents)
    assert first == second != other
    assert build_row(documents[0], key=b"another").incident != first
    assert build_row(make_document("x:1"), key=b"k").incident is None


def test_csv_has_a_header_and_harmless_cells(tmp_path: Path) -> None:
    assert write_rows(tmp_path / "a.csv", "csv", [build_row(PLAIN, key=b"k")], notes={}) == 1
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert tuple(row) == NAMES
    assert row["text"] == "'=1+1 rusak\nparah"
    assert row["offices"] == "Dinas PU | Irban"
    assert (row["is_report"], row["review"], row["created_at"]) == ("", "true", "2026-11-20T05:00:00Z")


def test_parquet_is_typed_in_utc_and_holds_the_text_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_rows(path, "parquet", [build_row(PLAIN, key=b"k")], notes={"sidak.as_of": "kemarin"})
    table = parquet.read_table(path)
    [row] = table.to_pylist()
    assert (row["text"], row["offices"], row["amounts"]) == ("=1+1 rusak\nparah", ["Dinas PU", "Irban"], [20_000])
    assert row["created_at"] == NOW
    assert row["is_report"] is None
    assert table.schema.metadata[b"sidak.as_of"] == b"kemarin"
    assert table.schema.field("created_at").metadata[b"description"]
    types = {field.name: str(field.type) for field in parquet_schema({})}
    assert types["created_at"] == "timestamp[us, tz=UTC]"
    assert (types["urgency"], types["decisions"], types["restricted"]) == ("double", "int64", "bool")


def test_parquet_comes_in_groups(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.parquet", "parquet", rows(ROW_GROUP + 1), notes={})
    found = parquet.ParquetFile(tmp_path / "a.parquet").metadata
    assert (found.num_rows, found.num_row_groups) == (ROW_GROUP + 1, 2)


@pytest.mark.parametrize("format", FORMATS)
def test_no_row_makes_a_file_all_the_same(tmp_path: Path, format: Format) -> None:
    assert write_rows(tmp_path / "a", format, [], notes={}) == 0
    if format == "parquet":
        assert parquet.read_table(tmp_path / "a").num_rows == 0
    else:
        assert (tmp_path / "a").read_text().count("\n") == (format == "csv")


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_rows_give_the_same_private_bytes(tmp_path: Path, format: Format) -> None:
    for name in ("a", "b"):
        write_rows(tmp_path / name, format, rows(700), notes={"a": "b"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("format", FORMATS)
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, format: Format) -> None:
    write_rows(tmp_path / "a", format, rows(ROW_GROUP), notes={})  # what is loaded once is loaded
    peaks = []
    for count in (ROW_GROUP * 2, ROW_GROUP * 6):
        tracemalloc.start()
        write_rows(tmp_path / "a", format, rows(count), notes={})
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 500_000


def test_json_lines_hold_what_the_row_holds(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", "jsonl", [build_row(PLAIN, key=b"k")], notes={})
    [line] = (tmp_path / "a.jsonl").read_text().splitlines()
    assert json.loads(line)["text"] == PLAIN.text
    assert not {"author_key", "stems", "normalized", "incident_id"} & set(json.loads(line))
