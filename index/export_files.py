"""Rows as a file: CSV for spreadsheets, JSON lines for programs, Parquet for analysis. All are written row by row."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from index.export_cells import write_cell
from index.export_rows import ExportRow
from index.export_spool import PRIVATE

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
ROW_GROUP = 5_000
"""Rows that Parquet holds in memory at a time."""
_BATCH = 500

Notes = Mapping[str, str]
"""What a Parquet file says of itself: as of when, from which version; the other forms have only the manifest."""


def write_rows(path: Path, format: Format, rows: Iterable[ExportRow], *, notes: Notes) -> int:
    """Write a whole file that only its owner may read, down to the disk; return the number of rows."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        count = _WRITERS[format](file, iter(rows), notes)
        file.flush()
        os.fsync(file.fileno())
    return count


@cache
def describe_columns() -> Mapping[str, str]:
    """Return the columns in their order, and what each means (Indonesian)."""
    given = msgspec.toml.decode(files("index").joinpath("export_columns.toml").read_bytes(), type=dict[str, str])
    return {name: given[name] for name in ExportRow.__struct_fields__}


def csv_lines(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8, every cell quoted) in pieces, its header first."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(ExportRow.__struct_fields__)
    remaining = iter(rows)
    while True:
        batch = list(islice(remaining, _BATCH))
        writer.writerows(map(write_cell, msgspec.structs.astuple(row)) for row in batch)
        yield text.getvalue().encode("utf-8", "replace")
        text.seek(0)
        text.truncate()
        if not batch:
            return


def _write_csv(file: io.BufferedIOBase, rows: Iterator[ExportRow], _notes: Notes) -> int:
    counted = _Counted(rows)
    file.writelines(csv_lines(counted))
    return counted.count


def _write_jsonl(file: io.BufferedIOBase, rows: Iterator[ExportRow], _notes: Notes) -> int:
    counted = _Counted(rows)
    file.writelines(msgspec.json.encode(row) + b"\n" for row in counted)
    return counted.count


def _write_parquet(file: io.BufferedIOBase, rows: Iterator[ExportRow], notes: Notes) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    schema = parquet_schema(notes)
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROW_GROUP)):
            count += len(group)
            columns = zip(*map(msgspec.structs.astuple, group), strict=True)
            arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=ROW_GROUP)
    return count


def parquet_names(path: Path, ids: Container[str]) -> bool:
    """Whether a Parquet file holds one of these reports; one that is not of ours might hold anything."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            groups = file.iter_batches(columns=["id"])
            return any(id in ids for group in groups for id in group.column("id").to_pylist())
    except (pa.ArrowException, OSError, KeyError):
        return True


def parquet_schema(notes: Notes) -> pa.Schema:
    """Return the columns' types, what they mean, and what the file says of itself."""
    import pyarrow as pa

    words, moment = pa.string(), pa.timestamp("us", tz="UTC")
    types: dict[Any, pa.DataType] = {
        "str": words, "bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "datetime": moment,
        "tuple[str, ...]": pa.list_(words), "tuple[int, ...]": pa.list_(pa.int64()),
    }  # fmt: skip
    columns = describe_columns()
    fields = []
    for name, annotation in ExportRow.__annotations__.items():
        required, _, optional = annotation.partition(" | ")
        meaning = {"description": columns[name]}
        fields.append(pa.field(name, types[required], nullable=bool(optional), metadata=meaning))
    return pa.schema(fields, metadata=dict(notes))


class _Counted(Iterable[ExportRow]):
    """Counts what passes."""

    def __init__(self, rows: Iterable[ExportRow]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[ExportRow]:
        for row in self._rows:
            self.count += 1
            yield row


_WRITERS: Mapping[Format, Callable[[io.BufferedIOBase, Iterator[ExportRow], Notes], int]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
}
