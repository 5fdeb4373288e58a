"""What stands beside an export: whose question it answers, as of when, from which version, over which coverage."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from index.engine import Filters
from index.export_files import Format
from index.export_rows import ExportRow


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one source, and its rows."""

    source: str
    rows: int
    oldest: datetime | None
    newest: datetime | None
    """By posting time."""
    state: str
    """As `sidak sources` says it."""
    last_success: datetime | None
    gap_minutes: int
    """Minutes of the last seven days that were not collected."""


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """A source's limit on exports, against which its rows here were counted."""

    source: str
    posts_a_day: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one must know to use the file, and to see whether it is whole."""

    file: str
    format: Format
    rows: int
    bytes: int
    sha256: str
    query: str
    filters: Filters
    role: str
    include_restricted: bool
    exported_by: str
    started_at: datetime
    as_of: datetime
    """Rows were read from the index between `started_at` and this moment."""
    resumed: int
    pipeline_version: str
    versions: Mapping[str, int]
    """Rows by the version of the pipeline that read them."""
    coverage: tuple[Covered, ...]
    caps: tuple[Cap, ...]
    columns: Mapping[str, str]
    notes: tuple[str, ...]


NOTES = (
    "Isi adalah dugaan menurut bacaan sistem, bukan temuan; data pribadi disamarkan.",
    "Di CSV, tanda ' disisipkan di depan = + - @ agar tidak dibaca sebagai rumus; Parquet dan JSONL tidak diubah.",
    "Berkas ini ikut dihapus oleh `sidak forget`; salinan di tempat lain harus dihapus sendiri.",
)


class Tally:
    """Counts rows by source and version as they pass."""

    def __init__(self) -> None:
        self.versions: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()
        self.spans: dict[str, tuple[datetime, datetime]] = {}

    def counting(self, rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
        """Yield the rows."""
        for row in rows:
            self.versions[row.model] += 1
            self.sources[row.source] += 1
            first, last = self.spans.get(row.source, (row.created_at, row.created_at))
            self.spans[row.source] = (min(first, row.created_at), max(last, row.created_at))
            yield row


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_path(out: Path) -> Path:
    """Return where the manifest of an export stands."""
    return out.with_name(out.name + ".manifest.json")
