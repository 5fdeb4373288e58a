"""Rankings kept for paging by relevance: scores change with every write, a kept ranking does not.

They live in a file of their own, so that a search never waits for the publisher, and hold nothing but keys.
"""

from __future__ import annotations

import hashlib
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from index.admission import to_millis
from index.sqlite_pool import Pool
from sidak.wal import use_write_ahead_log

KEEP_SECONDS = 15 * 60
KEEP_RANKINGS = 200


class Rankings:
    """Ranked keys by query; the oldest give way, and none outlives KEEP_SECONDS after its last page."""

    def __init__(self, locate: Callable[[], Path]) -> None:
        self.pool = Pool(locate, on_open=_prepare)

    def keep(self, keys: Sequence[int], *, digest: str, now: datetime) -> str:
        """Store a ranking for a query and return its handle; the same ranking has the same handle."""
        packed = array("q", keys).tobytes()
        handle = hashlib.sha256(digest.encode() + packed).hexdigest()[:24]
        now_ms = to_millis(now)
        with self.pool.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO rankings (handle, digest, used_ms, keys) VALUES (?, ?, ?, ?)",
                (handle, digest, now_ms, packed),
            )
            connection.execute(
                "DELETE FROM rankings WHERE used_ms < ? OR handle NOT IN"
                " (SELECT handle FROM rankings ORDER BY used_ms DESC LIMIT ?)",
                (now_ms - KEEP_SECONDS * 1_000, KEEP_RANKINGS),
            )
        return handle

    def read(self, handle: str, *, digest: str, now: datetime) -> Sequence[int] | None:
        """Return a ranking of this query, or None where it is gone."""
        with self.pool.reading() as connection:
            row = connection.execute(
                "SELECT keys FROM rankings WHERE handle = ? AND digest = ? AND used_ms >= ?",
                (handle, digest, to_millis(now) - KEEP_SECONDS * 1_000),
            ).fetchone()
        return None if row is None else array("q", row[0])

    def close(self) -> None:
        """Close the file."""
        self.pool.close()


def _prepare(connection: sqlite3.Connection, _path: Path) -> None:
    use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = OFF")  # a lost ranking costs one repeated search
    connection.execute(
        "CREATE TABLE IF NOT EXISTS rankings"
        " (handle TEXT PRIMARY KEY, digest TEXT NOT NULL, used_ms INTEGER NOT NULL, keys BLOB NOT NULL) STRICT"
    )
