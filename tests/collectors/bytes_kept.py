"""What a home holds, down to the byte: a word that is to be gone must be in none of its files, packed or not."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import zstandard


def holding(home: Path, word: str) -> list[Path]:
    """The files in which a word stands."""
    return [path for path, data in _read_all(home) if word.encode() in data]


def _read_all(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in home.rglob("*"):
        if path.is_file():
            yield path, _unpack(path.suffix, path.read_bytes())


def _unpack(suffix: str, data: bytes) -> bytes:
    if suffix == ".zst":
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
            return reader.read()
    if suffix == ".gz":
        return gzip.decompress(data)
    if suffix == ".xlsx" and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return b"".join(packed.read(name) for name in packed.namelist())
    return data
