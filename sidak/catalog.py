"""What is already known of each post: a cache over the archive that tells new from known in microseconds.

It holds ids, fingerprints and tombstones, no content, and follows the manifests by itself: delete the file and the
next use builds it again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from sidak.archive import Archive, Stream
from sidak.errors import StopError
from sidak.ids import fingerprint
from sidak.manifest import Entry
from sidak.models import DeadLetter, Post, Tombstone
from sidak.wal import use_write_ahead_log

POSTS = "posts"
DEAD_LETTERS = "deadletters"
TOMBSTONES = "tombstones"

SCHEMA = """
CREATE TABLE IF NOT EXISTS applied (stream TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS post (
  id TEXT NOT NULL, ordinal INTEGER NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL,
  position INTEGER NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (id, ordinal)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS post_not_live ON post (stream, id) WHERE state <> 'live';
CREATE TABLE IF NOT EXISTS tombstone (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checked (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tried (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS born (at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS dead_letter (id TEXT PRIMARY KEY, stage TEXT NOT NULL) WITHOUT ROWID;
"""

PostRecord = Post | Tombstone


class Location(msgspec.Struct, frozen=True):
    """Where one revision of a post stands in the archive."""

    stream: str
    sequence: int
    position: int
    ordinal: int


class Catalog:
    """The cache; `follow` brings it up to a stream's last commit."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._archive = archive
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open_or_remake(path)
            born = archive.now().timestamp()
            self._database.execute("INSERT INTO born SELECT ? WHERE NOT EXISTS (SELECT 1 FROM born)", (born,))
        except (sqlite3.Error, OSError) as exc:
            raise StopError(f"{path}: cannot open the catalog ({exc}); set SIDAK_HOME to a writable folder") from exc

    def follow(self, name: str) -> None:
        """Apply what was committed to a stream since the last time."""
        stream = self._archive.stream(name)
        applied = self._applied(name)
        for entry in stream.segments():
            if entry.sequence > applied:
                self._apply(stream, entry)

    def follow_all(self) -> None:
        """Apply all streams that the catalog knows how to read."""
        for name in (*self._archive.names(POSTS), DEAD_LETTERS, TOMBSTONES):
            self.follow(name)

    def fingerprints(self, ids: Sequence[str]) -> dict[str, set[str]]:
        """Return the fingerprints of all revisions of each known post."""
        query = "SELECT id, fingerprint FROM post WHERE id IN (SELECT value FROM json_each(?))"
        known: dict[str, set[str]] = {}
        for id, mark in self._read(query, (_json(ids),)):
            known.setdefault(id, set()).add(mark)
        return known

    def declared_gone(self, source: str) -> list[str]:
        """Return posts whose source said that they are deleted, removed or withheld, and that are not erased yet."""
        query = "SELECT DISTINCT id FROM post WHERE stream = ? AND state NOT IN ('live', 'tombstone')"
        return [row[0] for row in self._read(query, (f"{POSTS}/{source}",))]

    def newest_ordinals(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the ordinal of the newest revision of each known post."""
        query = "SELECT id, max(ordinal) FROM post WHERE id IN (SELECT value FROM json_each(?)) GROUP BY id"
        return dict(self._read(query, (_json(ids),)))

    def tombstoned(self, ids: Sequence[str]) -> set[str]:
        """Return which of these ids must never come back."""
        query = "SELECT id FROM tombstone WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._read(query, (_json(ids),))}

    def known_dead_letters(self, ids: Sequence[str]) -> set[str]:
        """Return which of these dead letters are already kept."""
        query = "SELECT id FROM dead_letter WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._read(query, (_json(ids),))}

    def locations(self, id: str) -> list[Location]:
        """Return where all revisions of a post stand, oldest first."""
        query = "SELECT stream, sequence, position, ordinal FROM post WHERE id = ? ORDER BY ordinal"
        return [Location(*row) for row in self._read(query, (id,))]

    def due(self, source: str, *, up_to: int, checked_before: float, limit: int) -> list[tuple[str, Location]]:
        """Return live posts not collected after segment `up_to` and not checked since then, longest unasked first."""
        query = """SELECT id, stream, sequence, position, max(ordinal) FROM post
                   LEFT JOIN checked USING (id) LEFT JOIN tried USING (id)
                   WHERE stream = ? AND coalesce(checked.at, 0) <= ?
                   AND id NOT IN (SELECT id FROM tombstone) GROUP BY id HAVING state = 'live' AND sequence <= ?
                   ORDER BY max(coalesce(checked.at, 0), coalesce(tried.at, 0)), ordinal LIMIT ?"""
        rows = self._read(query, (f"{POSTS}/{source}", checked_before, up_to, limit))
        return [(row[0], Location(*row[1:])) for row in rows]

    def note_checked(self, ids: Sequence[str], *, at: float) -> None:
        """Note that the platform said how these posts read now."""
        self._note("checked", ids, at=at)

    def note_tried(self, ids: Sequence[str], *, at: float) -> None:
        """Note that these posts were asked for and that nothing was said of them."""
        self._note("tried", ids, at=at)

    def born_at(self) -> float:
        """Return since when this file notes what was checked; what was before it, it does not know."""
        return float(self._read("SELECT at FROM born")[0][0])

    def first_kept(self, source: str, *, up_to: int) -> list[str]:
        """Return posts that were first collected in segment `up_to` or before, and are not erased."""
        query = """SELECT id FROM post WHERE stream = ? AND id NOT IN (SELECT id FROM tombstone)
                   GROUP BY id HAVING min(sequence) <= ?"""
        return [row[0] for row in self._read(query, (f"{POSTS}/{source}", up_to))]

    def half_erased(self, source: str) -> list[str]:
        """Return posts that have a tombstone and still have content: their deletion was broken off."""
        query = """SELECT DISTINCT id FROM post WHERE stream = ? AND state <> 'tombstone'
                   AND id IN (SELECT id FROM tombstone)"""
        return [row[0] for row in self._read(query, (f"{POSTS}/{source}",))]

    def ids_of(self, source: str) -> list[str]:
        """Return all posts of a source whose content is not erased yet."""
        query = "SELECT DISTINCT id FROM post WHERE stream = ? AND state <> 'tombstone'"
        return [row[0] for row in self._read(query, (f"{POSTS}/{source}",))]

    def erase(self, ids: Sequence[str]) -> None:
        """Note that every copy is destroyed, and forget the fingerprints: they are made from the content."""
        with self._transaction() as database:
            database.execute(
                "UPDATE post SET fingerprint = '', state = 'tombstone' WHERE id IN (SELECT value FROM json_each(?))",
                (_json(ids),),
            )

    def newest(self) -> Iterator[tuple[str, int, bool]]:
        """Yield every post once: id, ordinal of its newest revision, and whether it is tombstoned."""
        query = "SELECT id, max(ordinal), EXISTS (SELECT 1 FROM tombstone t WHERE t.id = post.id) FROM post GROUP BY id"
        for id, ordinal, gone in self._read(query):
            yield id, ordinal, bool(gone)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _note(self, table: Literal["checked", "tried"], ids: Sequence[str], *, at: float) -> None:
        with self._transaction() as database:
            database.execute(
                f"INSERT OR REPLACE INTO {table} SELECT value, ? FROM json_each(?)",  # noqa: S608 - one of two names
                (at, _json(ids)),
            )

    def _applied(self, name: str) -> int:
        rows = self._read("SELECT sequence FROM applied WHERE stream = ?", (name,))
        return int(rows[0][0]) if rows else 0

    def _read(self, query: str, parameters: Sequence[str | float] = ()) -> list[Any]:
        with self._speaking():
            return self._database.execute(query, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._speaking():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            finally:
                if self._database.in_transaction:  # SQLite rolls back by itself where the disk is full
                    self._database.execute("ROLLBACK")

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Say what to do where the file cannot be used."""
        try:
            yield
        except sqlite3.Error as exc:
            raise StopError(
                f"{self._path}: the catalog cannot be used ({exc}); free some space, or delete it: it is a cache"
            ) from exc

    def _apply(self, stream: Stream, entry: Entry) -> None:
        records = stream.read(entry)
        with self._transaction() as database:
            if stream.name == TOMBSTONES:
                gone = [(msgspec.json.decode(record, type=Tombstone).id,) for record in records]
                database.executemany("INSERT OR IGNORE INTO tombstone VALUES (?)", gone)
            elif stream.name == DEAD_LETTERS:
                letters = [msgspec.json.decode(record, type=DeadLetter) for record in records]
                rows = [(letter.id, letter.stage) for letter in letters]
                database.executemany("INSERT OR IGNORE INTO dead_letter VALUES (?, ?)", rows)
            else:
                posts = list(_post_rows(stream.name, entry, records))
                database.executemany("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?, ?, ?, ?)", posts)
            database.execute(
                "INSERT INTO applied VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence",
                (stream.name, entry.sequence),
            )


def _open_or_remake(path: Path) -> sqlite3.Connection:
    """Open the file; a damaged one is thrown away, since the archive holds all that it knew."""
    try:
        return _open(path)
    except sqlite3.DatabaseError as exc:
        if getattr(exc, "sqlite_errorcode", None) not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    try:
        use_write_ahead_log(database)
        database.execute("PRAGMA synchronous=OFF")  # a cache: a torn one is built again
        database.executescript(SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


_PostRow = tuple[str, int, str, int, int, str, str]


def _post_rows(stream: str, entry: Entry, records: Sequence[bytes]) -> Iterator[_PostRow]:
    for position, record in enumerate(records):
        post = msgspec.json.decode(record, type=PostRecord)
        mark, state = (fingerprint(post), post.state) if isinstance(post, Post) else ("", "tombstone")
        yield post.id, entry.first_ordinal + position, stream, entry.sequence, position, mark, state


def _json(ids: Sequence[str]) -> str:
    return msgspec.json.encode(ids).decode()
