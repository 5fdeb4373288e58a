"""A backup in one file, and a home restored from it: archive, keys, ledger, and what people wrote into the home.

The index, the caches and the journal are not in it: they are made again. A PostgreSQL ledger is saved by its own tools;
only its head is noted here, so that a restored one can be proved not to be older than the archive beside it.
"""

from __future__ import annotations

import io
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from index.decision_chain import Head
from sidak.app.audit import audit_archive
from sidak.app.house import House
from sidak.errors import IntegrityError, StopError, UsageError

NOTE = "BACKUP.json"
LEDGER = "ledger.db"
KEPT_BESIDE = ("keys", "model", "clearance.toml", "watchlist.toml")
"""What else of a home cannot be made again."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself."""

    made_at: datetime
    segments: int
    records: int
    ledger: Head


def save(house: House, target: Path) -> Note:
    """Write a backup; collecting and deciding go on meanwhile, enriching, publishing and forgetting wait.

    Raises UsageError where the file exists, StopError where it cannot be written.
    """
    if target.exists():
        raise UsageError(f"{target}: there is such a file already; a backup overwrites nothing")
    aside = target.with_name(f"{target.name}.partial")
    try:
        with house.alone("enrich"), house.alone("publish"), tarfile.open(aside, "w") as tar:
            aside.chmod(0o600)
            note = _fill(house, tar)
        aside.replace(target)
    except OSError as exc:
        raise StopError(f"{target}: cannot be written ({exc.strerror})") from exc
    finally:
        aside.unlink(missing_ok=True)
    return note


def restore(house: House, source: Path) -> Note:
    """Fill an empty home from a backup and prove it whole; the index is still to be made (`sidak reindex`).

    Raises UsageError where the home is not empty or the file is no backup, IntegrityError where something is missing.
    """
    home = house.settings.home
    if home.exists() and any(home.iterdir()):
        raise UsageError(f"{home}: is not empty; set SIDAK_HOME to a new folder")
    home.mkdir(mode=0o750, parents=True, exist_ok=True)
    try:
        with tarfile.open(source, "r:") as tar:
            note = _read_note(tar, source)
            tar.extractall(home, members=_expected(tar, source), filter="data")
    except (OSError, tarfile.TarError) as exc:
        raise UsageError(f"{source}: cannot be read as a backup ({exc})") from exc
    segments = audit_archive(house)
    if segments != note.segments:
        raise IntegrityError(f"{source}: holds {segments} segments where it says {note.segments}")
    house.ledger.verify(kept=note.ledger)
    return note


def _fill(house: House, tar: tarfile.TarFile) -> Note:
    home = house.settings.home
    segments = records = 0
    # The ledger first: a decision about a report that is not there yet does no harm, and comes again with it.
    ledger = _save_ledger(house, tar)
    for name in house.archive.names("."):
        stream = house.archive.stream(name)
        with stream.exclusive():  # no commit in between: the manifest and its files are of one moment
            tar.add(stream.path / "MANIFEST", f"archive/{name}/MANIFEST")
            for entry in stream.segments():
                if entry.file is not None:
                    tar.add(stream.path / entry.file, f"archive/{name}/{entry.file}")
                segments += 1
                records += entry.records
    for name in KEPT_BESIDE:
        if (home / name).exists():
            tar.add(home / name, name)
    note = Note(made_at=house.clock(), segments=segments, records=records, ledger=ledger)
    _add_bytes(tar, NOTE, msgspec.json.encode(note))
    return note


def _save_ledger(house: House, tar: tarfile.TarFile) -> Head:
    head = house.ledger.head()
    path = house.settings.home / LEDGER
    if house.settings.ledger_url is None and path.exists():
        with tempfile.TemporaryDirectory(prefix="sidak-backup-") as folder:
            copy = Path(folder) / LEDGER
            with closing(sqlite3.connect(path)) as present, closing(sqlite3.connect(copy)) as saved:
                present.backup(saved)
            tar.add(copy, LEDGER)
    return head


def _expected(tar: tarfile.TarFile, source: Path) -> Iterator[tarfile.TarInfo]:
    """Yield the members to unpack; raises UsageError for any that no backup of ours has."""
    for member in tar:
        first = PurePosixPath(member.name).parts[0]
        if first == NOTE:
            continue
        if first not in {"archive", LEDGER, *KEPT_BESIDE} or not (member.isfile() or member.isdir()):
            raise UsageError(f"{source}: holds {member.name!r}, which no backup of a home does")
        yield member


def _read_note(tar: tarfile.TarFile, source: Path) -> Note:
    try:
        file = tar.extractfile(NOTE)
        return msgspec.json.decode(file.read() if file else b"", type=Note)
    except (KeyError, msgspec.DecodeError) as exc:
        raise UsageError(f"{source}: is no whole backup of sidak ({NOTE} is missing or damaged)") from exc


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))
