"""SQLite's errors in our words: what happens next, which file, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sidak.errors import IntegrityError, RetryError, SidakError, StopError

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_STOPPED: Mapping[int, str] = {
    sqlite3.SQLITE_READONLY: "cannot be written; make the file and its folder writable, or set SIDAK_HOME elsewhere",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; the folder must exist and be writable, or set SIDAK_HOME elsewhere",
    sqlite3.SQLITE_PERM: "cannot be opened; the file and its folder must be readable and writable",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space, nothing stored is lost",
    sqlite3.SQLITE_IOERR: "cannot be read or written; look at the disk, the index can be rebuilt with `sidak reindex`",
    sqlite3.SQLITE_NOMEM: "needs more memory than there is",
}


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into RetryError (busy), IntegrityError (damaged) or StopError (disk, rights)."""
    try:
        yield
    except sqlite3.Error as exc:
        raise translate_error(exc, path) from exc


def translate_error(error: sqlite3.Error, path: Path) -> SidakError:
    """Return the error that says what happens next."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _BUSY:
        return RetryError(f"{path}: another process is writing to the index; try again", reason="index_busy")
    if code in _DAMAGED:
        return damaged(path, str(error))
    return StopError(f"{path}: {_STOPPED.get(code, 'the index cannot be used')} ({error})")


def damaged(path: Path, detail: str) -> IntegrityError:
    """Return the error for an index file that is not what was written."""
    return IntegrityError(
        f"{path}: the index is damaged ({detail}); it holds nothing that archive and ledger do not,"
        " rebuild it with `sidak reindex`"
    )
