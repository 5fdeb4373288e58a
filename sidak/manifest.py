"""The manifest of one archive stream: an append-only file that says which segments count.

A segment exists when, and only when, its line stands here whole. Each line carries its own checksum; a line cut by a
crash is no line. Cursors travel in the same line as the segment they belong to, so both become true at one instant.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from sidak.errors import IntegrityError

CHECK_LENGTH = 16


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One commit: a segment, the cursors that hold with it, or a rewritten segment that replaces an earlier file."""

    sequence: int
    committed_at: datetime
    file: str | None = None
    records: int = 0
    first_ordinal: int = 0
    size: int = 0
    sha256: str = ""
    derived_from: str | None = None
    replaces: int | None = None
    cursors: dict[str, Any] = {}
    meta: dict[str, str | int] = {}


class Manifest:
    """The folded state of one manifest file; `refresh` reads what other processes appended since."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.segments: dict[int, Entry] = {}
        self.cursors: dict[str, Any] = {}
        self.derived: dict[str, int] = {}
        self.superseded: set[str] = set()
        self.next_sequence = 1
        self.next_ordinal = 0
        self._read_bytes = 0
        self._lines = 0

    def refresh(self) -> None:
        """Fold in whole lines appended since the last look; raises IntegrityError for a damaged line that is whole."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read_bytes)
                data = file.read()
        except FileNotFoundError:
            return
        for raw in data.splitlines(keepends=True):
            if not raw.endswith(b"\n"):
                return
            self._lines += 1
            self._fold(_decode_line(raw, where=f"{self.path}, line {self._lines}"))
            self._read_bytes += len(raw)

    def append(self, entry: Entry) -> None:
        """Make one entry durable (the caller holds the stream's lock); on failure the file is as it was before."""
        line = _encode_line(entry)
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o640)
        try:
            os.ftruncate(descriptor, self._read_bytes)  # a line cut by a crash goes before the new one comes
            os.lseek(descriptor, self._read_bytes, os.SEEK_SET)
            try:
                _write_all(descriptor, line)
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, self._read_bytes)
                raise
        finally:
            os.close(descriptor)
        if new:
            sync_directory(self.path.parent)
        self._lines += 1
        self._read_bytes += len(line)
        self._fold(entry)

    def files(self) -> set[str]:
        """Return the names of the files that count."""
        return {entry.file for entry in self.segments.values() if entry.file}

    def _fold(self, entry: Entry) -> None:
        self.cursors.update(entry.cursors)
        if entry.replaces is not None:
            old = self.segments[entry.replaces]
            if old.file:
                self.superseded.add(old.file)
            self.segments[entry.replaces] = msgspec.structs.replace(
                old, file=entry.file, size=entry.size, sha256=entry.sha256
            )
        elif entry.file:
            self.segments[entry.sequence] = entry
            self.next_ordinal = entry.first_ordinal + entry.records
        if entry.derived_from:
            self.derived[entry.derived_from] = entry.sequence
        self.next_sequence = entry.sequence + 1


def sync_directory(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encode_line(entry: Entry) -> bytes:
    body = msgspec.json.encode(entry)
    return _check(body) + b" " + body + b"\n"


def _decode_line(raw: bytes, *, where: str) -> Entry:
    check, _, body = raw.rstrip(b"\n").partition(b" ")
    if check != _check(body):
        raise IntegrityError(f"{where}: the manifest line does not match its checksum; restore it from a backup")
    return msgspec.json.decode(body, type=Entry)


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:CHECK_LENGTH].encode()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
