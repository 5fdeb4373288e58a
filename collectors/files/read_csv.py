"""CSV: the delimiter from the headings, records that may span lines, and recovery from a quote that never closes.

Quoting is read strictly, so that an open quote is noticed rather than swallowing the rows after it: then only its own
line is set aside and reading goes on with the next. A line whose quotes are merely careless is still taken.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from collectors.files.encoding import detect_encoding
from collectors.files.profiles import Profile, column_key, require_columns
from collectors.files.rows import MAX_LINE_CHARS, Broken, Reading, Row, digest_of
from sidak.errors import StopError

DELIMITERS = ",;\t|"
MAX_RECORD_LINES = 1000
CARELESS_QUOTES = "careless_quotes"


class _BrokenLineError(Exception):
    """The record beginning at the current line cannot be read."""


class _Line(msgspec.Struct, frozen=True):
    number: int
    text: str
    whole: bool
    """False where it was too long and only its start was kept."""


class _Lines:
    """Physical lines with their numbers, and a way to give some back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._number = 0
        self._returned: deque[_Line] = deque()

    def next(self) -> _Line | None:
        if self._returned:
            return self._returned.popleft()
        text = self._file.readline(MAX_LINE_CHARS)
        if not text:
            return None
        self._number += 1
        whole = len(text) < MAX_LINE_CHARS or text.endswith(("\n", "\r"))
        if not whole:
            while (rest := self._file.readline(MAX_LINE_CHARS)) and not rest.endswith(("\n", "\r")):
                pass
        return _Line(self._number, text, whole)

    def give_back(self, lines: list[_Line]) -> None:
        self._returned.extendleft(reversed(lines))


def read_csv(path: Path, *, profile: Profile, reading: Reading) -> Iterator[Row | Broken]:
    """Yield the records of a file in order, empty lines left out.

    Raises UsageError for missing columns and StopError for a file that is in no known encoding.
    """
    encoding, warning = detect_encoding(path, fallbacks=profile.encodings)
    if warning:
        reading.warnings.append(warning)
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
        lines = _Lines(file)
        headings, delimiter = _read_headings(lines, profile, where=path.name)
        keys = [column_key(heading) for heading in headings]
        limit = csv.field_size_limit(MAX_LINE_CHARS)
        try:
            while (first := lines.next()) is not None:
                reading.bytes_read = raw.tell()
                if first.text.strip():
                    yield _read_record(first, lines, keys=keys, delimiter=delimiter)
        finally:
            csv.field_size_limit(limit)


def _read_headings(lines: _Lines, profile: Profile, *, where: str) -> tuple[list[str], str]:
    """Return the headings by the delimiter that makes most of them known."""
    first = lines.next()
    while first is not None and not first.text.strip():
        first = lines.next()
    if first is None:
        raise StopError(f"{where}: the file is empty")
    splits = [(next(csv.reader([first.text], delimiter=each), []), each) for each in DELIMITERS]
    headings, delimiter = max(
        splits, key=lambda split: sum(column_key(heading) in profile.known_columns for heading in split[0])
    )
    require_columns(profile, headings, where=where)
    return headings, delimiter


def _read_record(first: _Line, lines: _Lines, *, keys: list[str], delimiter: str) -> Row | Broken:
    taken: list[_Line] = []
    warnings: tuple[str, ...] = ()
    try:
        values = _strict_record(first, lines, taken, delimiter=delimiter)
    except _BrokenLineError as exc:
        lines.give_back(taken)
        careless = _careless_record(first, delimiter=delimiter) if first.whole else []
        if len(careless) != len(keys):
            return Broken(line=first.number, reason="broken_line", detail=str(exc), digest=digest_of(first.text))
        values, warnings = careless, (CARELESS_QUOTES,)
    if any(value.strip() for value in values[len(keys) :]):
        detail = f"{len(values)} fields where the headings are {len(keys)}"
        return Broken(line=first.number, reason="broken_line", detail=detail, digest=digest_of(values))
    fields: dict[str, str] = {}
    for key, value in zip(keys, values, strict=False):
        if key:
            fields.setdefault(key, value)
    return Row(line=first.number, fields=fields, warnings=warnings)


def _strict_record(first: _Line, lines: _Lines, taken: list[_Line], *, delimiter: str) -> list[str]:
    """Read one record; the further lines that it took stand in `taken`, also where it fails."""

    def feed() -> Iterator[str]:
        line: _Line | None = first
        size = 0
        while line is not None:
            size += len(line.text)
            if not line.whole or size > MAX_LINE_CHARS:
                raise _BrokenLineError(f"the record is longer than {MAX_LINE_CHARS >> 20} Mi characters")
            if len(taken) == MAX_RECORD_LINES:
                raise _BrokenLineError(f"a quote is not closed within {MAX_RECORD_LINES} lines")
            yield line.text
            line = lines.next()
            if line is not None:
                taken.append(line)

    try:
        return next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except csv.Error as exc:
        at = f" (noticed in line {taken[-1].number})" if taken else ""
        raise _BrokenLineError(f"not CSV: {exc}{at}; is a quote not closed?") from exc


def _careless_record(line: _Line, *, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.text], delimiter=delimiter), [])
    except csv.Error:
        return []
