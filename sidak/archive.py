"""The durable archive between the stages: append-only streams of compressed segments.

A commit writes a segment to a `.partial` file, fsyncs it, renames it and then appends one line to the stream's
manifest. Only that line makes the segment (and the cursors that travel with it) true; a crash before it leaves a file
that the next writer moves to `quarantine/`, never one that is read as good.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import zstandard

from sidak.clock import Clock
from sidak.errors import IntegrityError, StopError
from sidak.manifest import Entry, Manifest, sync_directory

MAX_RECORD_BYTES = 64 << 20
COMPRESSION_LEVEL = 6


class Stream:
    """One named sequence of segments, for example `posts/x`; safe for many processes at once."""

    def __init__(self, root: Path, name: str, *, clock: Clock) -> None:
        self.name = name
        self.path = root / name
        self._quarantine = root / "quarantine" / name
        self._clock = clock
        self._manifest = Manifest(self.path / "MANIFEST")
        self._recovered = False
        self._lock_depth = 0
        self._lock_descriptor = -1

    # -- reading

    def segments(self) -> list[Entry]:
        """Return all segments in the order they were committed."""
        self._manifest.refresh()
        return list(self._manifest.segments.values())

    def segment(self, sequence: int) -> Entry:
        """Return one segment's entry; raises KeyError where there is none."""
        self._manifest.refresh()
        return self._manifest.segments[sequence]

    def cursor(self, key: str) -> Any | None:  # noqa: ANN401 - a cursor is the source's own JSON value
        """Return the cursor as of the last commit that carried one."""
        self._manifest.refresh()
        return self._manifest.cursors.get(key)

    def derived(self) -> Mapping[str, int]:
        """Return which upstream work is already done here: `derived_from` to segment sequence."""
        self._manifest.refresh()
        return self._manifest.derived

    def read(self, entry: Entry) -> list[bytes]:
        """Return a segment's records; raises IntegrityError if the file is missing or not what was written."""
        path = self.path / str(entry.file)
        try:
            data = path.read_bytes()
        except FileNotFoundError as exc:
            raise IntegrityError(f"{path}: the segment is in the manifest but not on disk; restore a backup") from exc
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise IntegrityError(f"{path}: the segment does not match its checksum; restore it from a backup")
        lines = zstandard.ZstdDecompressor().decompressobj().decompress(data).split(b"\n")[:-1]
        if len(lines) != entry.records:
            raise IntegrityError(f"{path}: {len(lines)} records where the manifest says {entry.records}")
        return lines

    # -- writing

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the stream against other writers; may be nested; a killed holder lets go by itself."""
        if self._lock_depth == 0:
            with _named_failures(self.path):
                self.path.mkdir(parents=True, exist_ok=True)
                self._lock_descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
            fcntl.flock(self._lock_descriptor, fcntl.LOCK_EX)
        self._lock_depth += 1
        try:
            self._manifest.refresh()
            self._recover()
            yield
        finally:
            self._lock_depth -= 1
            if self._lock_depth == 0:
                os.close(self._lock_descriptor)

    def commit(
        self,
        records: Sequence[bytes],
        *,
        cursors: Mapping[str, Any] | None = None,
        derived_from: str | None = None,
        meta: Mapping[str, str | int] | None = None,
    ) -> Entry | None:
        """Make records and cursors durable together; return None where `derived_from` was already committed.

        Records are JSON lines without the newline. Raises StopError where the disk is full or not writable; then
        nothing of this commit counts.
        """
        with self.exclusive(), _named_failures(self.path):
            if derived_from is not None and derived_from in self._manifest.derived:
                return None
            sequence = self._manifest.next_sequence
            file, size, sha256 = self._write_segment(sequence, records) if records else (None, 0, "")
            entry = Entry(
                sequence=sequence,
                committed_at=self._clock(),
                file=file,
                records=len(records),
                first_ordinal=self._manifest.next_ordinal,
                size=size,
                sha256=sha256,
                derived_from=derived_from,
                cursors=dict(cursors or {}),
                meta=dict(meta or {}),
            )
            try:
                self._manifest.append(entry)
            except OSError:
                if file:
                    (self.path / file).unlink(missing_ok=True)
                raise
            return entry

    def rewrite(self, sequence: int, records: Sequence[bytes]) -> None:
        """Replace a segment's records one for one (for deletion); the old file is destroyed.

        Raises IntegrityError where the number of records changes, since ordinals are counted by position.
        """
        with self.exclusive(), _named_failures(self.path):
            old = self._manifest.segments[sequence]
            if len(records) != old.records:
                raise IntegrityError(f"{self.name}, segment {sequence}: a rewrite must keep {old.records} records")
            file, size, sha256 = self._write_segment(sequence, records)
            if file != old.file:
                self._manifest.append(
                    Entry(
                        sequence=self._manifest.next_sequence,
                        committed_at=self._clock(),
                        file=file,
                        size=size,
                        sha256=sha256,
                        replaces=sequence,
                    )
                )
                (self.path / str(old.file)).unlink(missing_ok=True)
                sync_directory(self.path)

    def _write_segment(self, sequence: int, records: Sequence[bytes]) -> tuple[str, int, str]:
        for record in records:
            if b"\n" in record or len(record) > MAX_RECORD_BYTES:
                raise IntegrityError(f"{self.name}: a record holds a newline or more than {MAX_RECORD_BYTES} bytes")
        raw = b"".join(record + b"\n" for record in records)
        data = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_checksum=True).compress(raw)
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{sequence:09d}-{sha256[:12]}.jsonl.zst"
        partial = self.path / f"{name}.partial"
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.rename(self.path / name)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        sync_directory(self.path)
        return name, len(data), sha256

    def _recover(self) -> None:
        """Set aside what a crash left behind; once a process, under the lock, so that no living writer is disturbed."""
        if self._recovered:
            return
        known = self._manifest.files()
        for path in self.path.iterdir():
            if not path.name.endswith((".jsonl.zst", ".partial")) or path.name in known:
                continue
            if path.name in self._manifest.superseded:
                path.unlink()  # deleted content must not come back to life in quarantine
                continue
            self._quarantine.mkdir(parents=True, exist_ok=True)
            path.rename(self._quarantine / path.name)
        self._recovered = True


class Archive:
    """All streams under one folder."""

    def __init__(self, root: Path, *, clock: Clock) -> None:
        self.root = root
        self._clock = clock
        self._streams: dict[str, Stream] = {}

    def now(self) -> datetime:
        """Return the present moment of the archive's clock."""
        return self._clock()

    def stream(self, name: str) -> Stream:
        """Return a stream by name (`posts/x`); it comes into being with its first commit."""
        if name not in self._streams:
            self._streams[name] = Stream(self.root, name, clock=self._clock)
        return self._streams[name]

    def names(self, prefix: str) -> list[str]:
        """Return the names of all streams below a prefix (`posts`, or `.` for all), sorted."""
        found = (path.parent.relative_to(self.root).as_posix() for path in (self.root / prefix).glob("**/MANIFEST"))
        return sorted(name for name in found if not name.startswith("quarantine/"))


@contextmanager
def _named_failures(path: Path) -> Iterator[None]:
    """Turn what the disk says into a message a person can act on."""
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            message = "the disk is full; nothing of this step was kept, free some space and run it again"
        else:
            message = f"cannot write here ({exc.strerror}); set SIDAK_HOME to a writable folder"
        raise StopError(f"{path}: {message}") from exc
