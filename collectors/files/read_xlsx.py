"""XLSX by openpyxl's streaming reader, with limits checked before anything is unpacked.

openpyxl reads with defusedxml, so entity bombs and external entities are refused; but where lxml is installed it would
read small parts with that instead, so lxml is switched off for it.
"""

from __future__ import annotations

import lzma
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

os.environ["OPENPYXL_LXML"] = "False"  # read once, when openpyxl is first imported

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from collectors.files.profiles import Profile, column_key, require_columns
from collectors.files.rows import Broken, Reading, Row
from sidak.errors import StopError

if openpyxl.LXML or not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl was imported before, with lxml, or found no defusedxml")

MAX_PART_BYTES = {"xl/worksheets/": 1 << 30, "xl/sharedStrings.xml": 256 << 20, "": 32 << 20}
"""By how a part's name begins, the first that fits: sheets are read as a stream, strings and the rest as a whole."""
MAX_RATIO = 400
SMALL_PART_BYTES = 16 << 20
"""Parts up to this size may shrink as much as they like."""
MAX_ROWS = 1_048_576
MAX_COLUMNS = 128
HEADING_ROWS = 20
"""Exports put titles above the headings; they are looked for this far down."""
BATCH_ROWS = 500

# What zipfile, zlib, the XML parser and openpyxl raise for files that are not what they should be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    InvalidFileException,
    SyntaxError,  # what XML parsers raise for broken XML
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
)


def read_xlsx(path: Path, *, profile: Profile, reading: Reading) -> Iterator[Row | Broken]:
    """Yield the rows of the first sheet in order, empty rows left out.

    Raises UsageError for missing columns and StopError for a workbook that is damaged, encrypted or unreasonably large.
    """
    keys: list[str] | None = None
    above: list[list[str]] = []
    for number, cells in _numbered_rows(path, reading):
        if keys is not None:
            yield Row(line=number, fields=_fields(keys, cells))
            continue
        above.append(["" if cell is None else str(cell) for cell in cells])
        keys = _headings(above, profile, last=number >= HEADING_ROWS, where=path.name)
    if keys is None:
        if not above:
            raise StopError(f"{path.name}: the first sheet is empty")
        require_columns(profile, max(above, key=lambda row: sum(map(bool, row))), where=path.name)


def _headings(above: Sequence[list[str]], profile: Profile, *, last: bool, where: str) -> list[str] | None:
    keys = [column_key(heading) for heading in above[-1]]
    named = [{column_key(name) for name in names} for names in (profile.columns.text, profile.columns.created_at)]
    if all(names & set(keys) for names in named):
        return keys
    if last:
        require_columns(profile, max(above, key=lambda row: sum(map(bool, row))), where=where)
    return None


def _fields(keys: Sequence[str], cells: Sequence[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, cell in zip(keys, cells, strict=False):
        if key:
            fields.setdefault(key, cell)
    return fields


def _numbered_rows(path: Path, reading: Reading) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield the rows that hold anything, with their numbers; what a library raises becomes one message."""
    number = 0
    with path.open("rb") as file:
        try:
            _check_sizes(path.name, file)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles and the like, which nobody imports
                book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except DAMAGE as exc:
            raise StopError(f"{path.name}: not a readable XLSX workbook ({_said(exc)})") from exc
        if not book.worksheets:
            raise StopError(f"{path.name}: the workbook has no sheet")
        sheet = book.worksheets[0]
        if len(book.worksheets) > 1:
            reading.warnings.append(
                f"{path.name}: {len(book.worksheets)} sheets; only the first, {sheet.title!r}, is read"
            )
        sheet.reset_dimensions()  # the stated size may be wrong, or a lie
        rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        while batch := _next_batch(rows, path.name, number):
            reading.bytes_read = file.tell()
            for cells in batch:
                number += 1
                if any(cell not in (None, "") for cell in cells):
                    yield number, cells


def _next_batch(rows: Iterator[Sequence[Any]], name: str, number: int) -> list[Sequence[Any]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(islice(rows, BATCH_ROWS))
    except DAMAGE as exc:
        raise StopError(
            f"{name}: the workbook is damaged after row {number} ({_said(exc)}); the rows before it were read"
        ) from exc


def _check_sizes(name: str, file: Any) -> None:  # noqa: ANN401 - zipfile's own protocol of a readable file
    """Refuse what would not fit in memory; zipfile never unpacks more of a part than its stated size."""
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            limit = next(size for prefix, size in MAX_PART_BYTES.items() if part.filename.startswith(prefix))
            ratio = part.file_size / max(part.compress_size, 1)
            if part.file_size > limit or (part.file_size > SMALL_PART_BYTES and ratio > MAX_RATIO):
                raise StopError(
                    f"{name}: {part.filename} would unpack to {part.file_size >> 20} MiB ({ratio:.0f} times its size);"
                    " this is no ordinary workbook. Export it as CSV instead"
                )
    file.seek(0)


def _said(exc: BaseException) -> str:
    """Return what really went wrong; openpyxl wraps it in its own words."""
    cause = exc.__cause__ or exc
    return f"{type(cause).__name__}: {cause}".splitlines()[0][:200]
