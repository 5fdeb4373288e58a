"""The journal of runs: which stage ran when over which stretch, with what counts and what outcome.

It feeds `sidak sources`, the health page and the gaps; losing it loses no post.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from sidak.errors import StopError
from sidak.wal import use_write_ahead_log

RunOutcome = Literal["ok", "retry", "stopped"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY, stage TEXT NOT NULL, source TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT NOT NULL,
  since TEXT, until TEXT, outcome TEXT NOT NULL, message TEXT NOT NULL, counts TEXT NOT NULL,
  notes TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS run_by_source ON run (source, stage, ended_at);
"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One finished run of one stage."""

    stage: str
    source: str
    started_at: datetime
    ended_at: datetime
    outcome: RunOutcome
    message: str = ""
    since: datetime | None = None
    until: datetime | None = None
    counts: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()
    """What a person should know of it, such as stretches that could not be asked for."""


class Journal:
    """An append-only table of runs."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
            use_write_ahead_log(self._database)
            self._database.executescript(SCHEMA)
            if "notes" not in {row[1] for row in self._database.execute("PRAGMA table_info(run)")}:  # before 0.2
                self._database.execute("ALTER TABLE run ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'")
        except (sqlite3.Error, OSError) as exc:
            raise StopError(
                f"{path}: cannot open the journal ({exc}); where the home can be written, delete it: it holds no posts"
            ) from exc

    def write(self, run: Run) -> None:
        """Append one run; raises StopError where the home cannot be written."""
        row = msgspec.to_builtins(run)
        row |= {name: msgspec.json.encode(row[name]).decode() for name in ("counts", "notes")}
        marks = ", ".join("?" for _ in row)
        try:
            self._database.execute(f"INSERT INTO run ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - the columns are the fields of our own struct
        except sqlite3.Error as exc:
            raise StopError(f"the journal cannot be written ({exc}); free some space or check SIDAK_HOME") from exc

    def runs(self, *, stage: str | None = None, source: str | None = None, limit: int = 100) -> list[Run]:
        """Return the newest runs first."""
        where = "(? IS NULL OR stage = ?) AND (? IS NULL OR source = ?) ORDER BY id DESC LIMIT ?"
        return self._runs(where, (stage, stage, source, source, limit))

    def runs_since(self, moment: datetime, *, stage: str, source: str) -> list[Run]:
        """Return the runs that ended after a moment, the newest first."""
        ended = msgspec.to_builtins(moment)
        return self._runs("source = ? AND stage = ? AND ended_at >= ? ORDER BY id DESC", (source, stage, ended))

    def _runs(self, where: str, parameters: Sequence[object]) -> list[Run]:
        names = ("stage", "source", "started_at", "ended_at", "since", "until", "outcome", "message")
        rows = self._read(f"SELECT {', '.join(names)}, counts, notes FROM run WHERE {where}", parameters)  # noqa: S608 - the texts are those above
        return [
            msgspec.convert(
                dict(zip(names, row, strict=False))
                | {"counts": msgspec.json.decode(row[8]), "notes": msgspec.json.decode(row[9])},
                Run,
            )
            for row in rows
        ]

    def last_success(self, *, stage: str, source: str) -> datetime | None:
        """Return when this stage last ended well for a source."""
        query = "SELECT max(ended_at) FROM run WHERE stage = ? AND source = ? AND outcome = 'ok'"
        value = self._read(query, (stage, source))[0][0]
        return msgspec.convert(value, datetime) if value else None

    def gap_minutes(self, *, source: str, now: datetime, expected_every: timedelta = timedelta(minutes=30)) -> int:
        """Return the minutes since the last good collection beyond what is normal, 0 where there is no gap."""
        last = self.last_success(stage="collect", source=source)
        if last is None:
            return 0
        return max(0, int((now - last - expected_every).total_seconds() // 60))

    def _read(self, query: str, parameters: Sequence[object]) -> list[Any]:
        try:
            return self._database.execute(query, parameters).fetchall()
        except sqlite3.Error as exc:
            raise StopError(f"the journal cannot be read ({exc}); it holds no posts, delete journal.db") from exc

    def close(self) -> None:
        """Close the file."""
        self._database.close()
