"""What a broken export goes on from: rows as JSON lines beside the wished file, and how many bytes of them are sure.

`OUT.part` holds rows, `OUT.part.state` the last sure place; a row counts once both are on the disk. One process at a
time works on an export (a lock that a killed process lets go by itself).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from index.export_rows import ExportRow
from sidak.errors import StopError, UsageError

PRIVATE = 0o600
"""An export is its owner's alone, whatever the umask says."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Where an export stands."""

    digest: str
    """Of the question, the form and the rights: an export goes on only as what it began as."""
    started_at: datetime
    as_of: datetime
    after: str = ""
    """The id of the last report that was read."""
    rows: int = 0
    bytes: int = 0
    resumed: int = 0
    done: bool = False
    """Whether everything was read."""


class Spool:
    """The rows of one export that is under way."""

    def __init__(self, out: Path, file: BinaryIO, progress: Progress) -> None:
        self.path = part_path(out)
        self._state = _state_path(out)
        self._file = file
        self.progress = progress

    def append(self, rows: Sequence[ExportRow], progress: Progress) -> None:
        """Make rows durable, then the place to go on from; raises StopError where the disk does not take them."""
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        with _named_failures(self.path):
            self._file.seek(self.progress.bytes)
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())
            sure = msgspec.structs.replace(
                progress, rows=self.progress.rows + len(rows), bytes=self.progress.bytes + len(lines)
            )
            write_private(self._state, msgspec.json.encode(sure))
        self.progress = sure

    def rows(self) -> Iterator[ExportRow]:
        """Yield the rows that are sure, one by one."""
        left = self.progress.bytes
        with _named_failures(self.path), self.path.open("rb") as file:
            while left > 0:
                line = file.readline()
                left -= len(line)
                yield msgspec.json.decode(line, type=ExportRow)

    def remove(self) -> None:
        """Delete the rows; called once they are in the wished file."""
        self._state.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


@contextmanager
def open_spool(out: Path, fresh: Progress, *, resume: bool) -> Iterator[Spool]:
    """Begin an export, or go on with one that was broken off.

    Raises UsageError where there is one and `resume` is false, where it asked for something else, or where another
    process is at work on it.
    """
    path = part_path(out)
    with _named_failures(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise UsageError(f"{out}: another process is at work on this export") from exc
        kept = _read_progress(_state_path(out))
        if kept is not None and not resume:
            raise UsageError(f"{out}: {kept.rows} rows of a broken export are there; use --resume, or delete {path}*")
        if kept is not None and kept.digest != fresh.digest:
            raise UsageError(f"{path} was begun for another question, form or role; repeat that one, or delete {path}*")
        if kept is None or path.stat().st_size < kept.bytes:  # deleted by `sidak forget`, or never begun
            kept = fresh
        else:
            kept = msgspec.structs.replace(kept, resumed=kept.resumed + 1)
        file.truncate(kept.bytes)
        yield Spool(out, file, kept)


def discard_export(out: Path) -> None:
    """Delete what an export that nobody will resume has left."""
    for path in (part_path(out), _state_path(out)):
        path.unlink(missing_ok=True)


def part_path(out: Path) -> Path:
    """Return where the rows of an unfinished export are."""
    return out.with_name(out.name + ".part")


def write_private(path: Path, content: bytes) -> None:
    """Write a whole file that only its owner may read, and give it its name once it is on the disk."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _state_path(out: Path) -> Path:
    return out.with_name(out.name + ".part.state")


def _read_progress(path: Path) -> Progress | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as exc:
        raise StopError(f"{path}: cannot be read ({exc}); delete it and its .part to begin anew") from exc


@contextmanager
def _named_failures(path: Path) -> Iterator[None]:
    """Turn what the disk says into a message a person can act on."""
    try:
        yield
    except OSError as exc:
        raise StopError(
            f"{path}: {exc.strerror or exc}; free some space or choose another --out, then --resume"
        ) from exc
