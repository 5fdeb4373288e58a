"""Turns a database's complaints into the project's three kinds of error, without the values that were written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sidak.errors import IntegrityError, RetryError, SidakError, StopError

# SQLite gives words, not codes, through the driver of Python 3.11's age; these words are stable across its versions.
_SQLITE_WORDS: tuple[tuple[str, type[SidakError], str], ...] = (
    ("is locked", RetryError, "is locked by another writer; try again"),
    ("is busy", RetryError, "is locked by another writer; try again"),
    ("disk is full", StopError, "cannot grow: the disk is full"),
    ("disk i/o error", StopError, "cannot be read or written: the disk reports an error"),
    ("readonly", StopError, "is not writable; check the permissions of the file and its folder"),
    ("unable to open", StopError, "cannot be opened; check that the folder exists and is writable"),
    ("not a database", IntegrityError, "is not a database: the file was overwritten or damaged"),
    ("malformed", IntegrityError, "is damaged: restore it from a backup and run the audit"),
    ("no such column", IntegrityError, "has another shape than this program expects"),
    ("append-only", IntegrityError, "refused to change its history"),
)

# PostgreSQL's codes by their first characters (appendix A of its manual); the longest that fits decides.
_POSTGRES_CODES: dict[str, tuple[type[SidakError], str]] = {
    "08": (RetryError, "does not answer; try again"),
    "28": (StopError, "refused the user name or password"),
    "3D": (StopError, "does not exist; create the database first"),
    "40": (RetryError, "was changed at the same moment; try again"),
    "55P03": (RetryError, "is locked by another writer; try again"),
    "57": (RetryError, "is being stopped or restarted; try again"),
    "53": (RetryError, "has no room or connection left at the moment; try again"),
    "53100": (StopError, "cannot grow: the disk is full"),
    "25006": (StopError, "is read-only at the moment; check whether it is a standby"),
    "42501": (StopError, "refused permission; the ledger's user must own its tables"),
    "P0001": (IntegrityError, "refused to change its history"),
    "XX": (IntegrityError, "reports internal damage"),
}

# Before a connection stands there is no code; the client library's words are all there is.
_CONNECT_WORDS: tuple[tuple[str, type[SidakError], str], ...] = (
    ("authentication failed", *_POSTGRES_CODES["28"]),
    ("no password supplied", *_POSTGRES_CODES["28"]),
    ('role "', *_POSTGRES_CODES["28"]),
    ('database "', *_POSTGRES_CODES["3D"]),
)


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Raise RetryError, StopError or IntegrityError in place of the database's own exceptions."""
    try:
        yield
    except PoolTimeoutError as exc:
        raise RetryError(f"{_name(url)} has no free connection; try again", reason="busy") from exc
    except DBAPIError as exc:
        kind, words = _classify(exc)
        message = f"{_name(url)} {words} ({_first_line(exc)})"
        raise kind(message) from exc


def _classify(error: DBAPIError) -> tuple[type[SidakError], str]:
    code: str = getattr(error.orig, "sqlstate", None) or ""
    for length in (5, 2):
        if code[:length] in _POSTGRES_CODES:
            return _POSTGRES_CODES[code[:length]]
    said = _first_line(error).lower()
    if type(error.orig).__module__.startswith("sqlite3"):
        return next(
            ((kind, words) for found, kind, words in _SQLITE_WORDS if found in said),
            (StopError, "does not work"),
        )
    if code:
        return StopError, "does not work"
    whole = str(error.orig).lower()
    return next(
        ((kind, words) for found, kind, words in _CONNECT_WORDS if found in whole),
        _POSTGRES_CODES["08"],
    )


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0][:200]


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"the decision ledger {url.database}"
    return f"the decision ledger at {url.host or 'the local socket'}, database {url.database or url.username}"
