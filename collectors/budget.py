"""What a platform lets us ask for, counted before each request and kept across runs: parallel workers never pass it.

The amounts are spent first and asked for then: a crash between the two wastes a little and never overspends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from collectors.terms import BudgetTerms
from sidak.clock import Clock
from sidak.errors import RetryError, StopError
from sidak.wal import use_write_ahead_log

SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (
  source TEXT NOT NULL, name TEXT NOT NULL, slot REAL NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (source, name, slot)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (
  source TEXT NOT NULL, name TEXT NOT NULL, item TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (source, name, item)
) WITHOUT ROWID;
"""
_HOUR = timedelta(hours=1)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An amount that was counted before its use."""

    name: str
    amount: int
    slot: float


class Budget:
    """The counters of one source; every process of a home shares one file."""

    def __init__(self, path: Path, source: str, terms: Mapping[str, BudgetTerms], *, clock: Clock) -> None:
        self._path = path
        self._source = source
        self._terms = terms
        self._clock = clock

    def spend(self, name: str, amount: int = 1) -> None:
        """Count an amount that is about to be asked for; raises RetryError where the limit does not allow it."""
        with self._transaction() as database:
            if self._used(database, name) + amount > self._terms[name].limit:
                raise self._refusal(name)
            self._add(database, name, amount)

    def take(self, name: str, *, most: int, least: int, keep: int = 0) -> Taken:
        """Count as much as there is of an amount; raises RetryError where less than `least` is left beside `keep`."""
        with self._transaction() as database:
            left = self._terms[name].limit - self._used(database, name) - keep
            if left < least:
                raise self._refusal(name)
            amount = min(most, left)
            self._add(database, name, amount)
            return Taken(name=name, amount=amount, slot=self._slot(name).timestamp())

    def give_back(self, taken: Taken, amount: int) -> None:
        """Uncount what was taken and not used, in the stretch in which it was taken."""
        with self._transaction() as database:
            database.execute(
                "UPDATE spent SET amount = max(amount - ?, 0) WHERE source = ? AND name = ? AND slot = ?",
                (min(amount, taken.amount), self._source, taken.name, taken.slot),
            )

    def spend_on(self, name: str, item: str) -> bool:
        """Count a distinct item once within the stretch; return False where no further one is allowed now."""
        terms = self._terms[name]
        now = self._clock().timestamp()
        since = now - (terms.rolling_hours or 24) * 3600
        with self._transaction() as database:
            database.execute("DELETE FROM item WHERE source = ? AND name = ? AND at <= ?", (self._source, name, since))
            where = "FROM item WHERE source = ? AND name = ?"
            count = database.execute(f"SELECT count(*) {where}", (self._source, name)).fetchone()[0]
            known = database.execute(
                f"SELECT 1 {where} AND item = ?",
                (self._source, name, item),
            ).fetchone()
            if known is None and count < terms.limit:
                database.execute("INSERT INTO item VALUES (?, ?, ?, ?)", (self._source, name, item, now))
        return known is not None or count < terms.limit

    def used(self, name: str) -> int:
        """Return what was asked for."""
        with self._transaction() as database:
            return self._used(database, name)

    def left(self, name: str) -> int:
        """Return what may still be asked for, of amounts and of distinct items."""
        since = self._clock().timestamp() - (self._terms[name].rolling_hours or 24) * 3600
        query = "SELECT count(*) FROM item WHERE source = ? AND name = ? AND at > ?"
        with self._transaction() as database:
            items = int(database.execute(query, (self._source, name, since)).fetchone()[0])
            return max(0, self._terms[name].limit - self._used(database, name) - items)

    def resets_at(self, name: str) -> datetime:
        """Return when there is more: the next midnight of the budget's zone, or an hour on where it rolls."""
        slot = self._slot(name)
        zone = self._terms[name].zone
        if zone is None:
            return slot + _HOUR
        tomorrow = slot.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def _refusal(self, name: str) -> RetryError:
        until = self.resets_at(name)
        limit = self._terms[name].limit
        return RetryError(
            f"{self._source}: the budget `{name}` of {limit} is used up until {until.isoformat(timespec='minutes')}",
            until=until,
            reason="quota",
        )

    def _slot(self, name: str) -> datetime:
        """Return the beginning of the present day of the zone, or of the present hour."""
        zone = self._terms[name].zone
        if zone is None:
            return self._clock().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        today = self._clock().astimezone(ZoneInfo(zone)).date()
        return datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(zone))

    def _used(self, database: sqlite3.Connection, name: str) -> int:
        rolling = self._terms[name].rolling_hours
        first = self._slot(name) - timedelta(hours=rolling or 0)
        query = "SELECT coalesce(sum(amount), 0) FROM spent WHERE source = ? AND name = ? AND slot >= ?"
        return int(database.execute(query, (self._source, name, first.timestamp())).fetchone()[0])

    def _add(self, database: sqlite3.Connection, name: str, amount: int) -> None:
        database.execute(
            "INSERT INTO spent VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
            (self._source, name, self._slot(name).timestamp(), amount),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own each time: a client may be used from any thread, and asks rarely."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            try:
                use_write_ahead_log(database)
                database.executescript(SCHEMA)
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
            finally:
                database.close()  # without the commit this undoes
        except (sqlite3.Error, OSError) as exc:
            raise StopError(f"{self._path}: budgets cannot be kept ({exc}); no request is made without them") from exc
