"""SQLite's write-ahead log, switched on however many processes open a new file at the same moment."""

from __future__ import annotations

import sqlite3
import time

WAIT_SECONDS = 15.0
_PAUSE_SECONDS = 0.02
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch a database to WAL; raises sqlite3.OperationalError where it stays busy for 15 s.

    The switch needs the file alone for an instant and does not wait for it by itself, whatever the busy timeout says.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
