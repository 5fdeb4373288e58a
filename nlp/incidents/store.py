"""The grouping's memory in SQLite: who belongs where, and anchors by which the next report finds its incident.

It is a cache without any text: delete it, and grouping the same reports in the same order builds it again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from nlp.incidents.keys import band_keys, block_keys
from nlp.incidents.rules import Rules
from nlp.incidents.traits import Hashes, Traits
from sidak.errors import StopError
from sidak.models import IncidentLink
from sidak.wal import use_write_ahead_log

SCHEMA = """
CREATE TABLE IF NOT EXISTS member (
  report_id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, link TEXT NOT NULL, similarity REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_incident ON member (incident_id);
CREATE TABLE IF NOT EXISTS anchor (
  seq INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, incident_id TEXT NOT NULL, link TEXT NOT NULL,
  traits BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS incident (id TEXT PRIMARY KEY, place BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS band (key INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block (
  key INTEGER NOT NULL, at REAL NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, at, seq)
) WITHOUT ROWID;
"""

BAND_DEPTH = 4
"""How many of the newest anchors of a band are looked at; a campaign fills bands, and one of its texts is enough."""
MAX_COPIES = 16
BLOCK_DEPTH = 12
"""How many anchors of a block are looked at on each side of the report's time, nearest first."""
MAX_NEIGHBOURS = 48


class IncidentLinkage(msgspec.Struct, frozen=True, kw_only=True):
    """To which incident a report belongs, how surely, and how alike it is to the nearest member."""

    incident_id: str
    link: IncidentLink
    similarity: float


class IncidentPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an incident's place: the smallest area and all names that its members gave."""

    area: str | None = None
    roads: Hashes = frozenset()
    landmarks: Hashes = frozenset()


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A member that later reports are compared with."""

    seq: int
    incident_id: str
    link: IncidentLink
    traits: Traits


class IncidentStore:
    """The tables, and nothing that decides."""

    def __init__(self, path: Path | None, *, rules: Rules) -> None:
        self._rules = rules
        self._decode = msgspec.msgpack.Decoder(Traits).decode
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # An empty name is SQLite's for a temporary file that vanishes with the connection.
            self._database = sqlite3.connect(path or "", timeout=60, isolation_level=None, check_same_thread=False)
            use_write_ahead_log(self._database)
            self._database.execute("PRAGMA synchronous=OFF")  # a cache: a torn one is deleted and built again
            self._database.executescript(SCHEMA)
        except (sqlite3.Error, OSError) as exc:
            raise StopError(
                f"{path}: cannot open the incidents ({exc}); it is a cache, delete it and try again"
            ) from exc

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside true at once or not at all, for one process at a time; raises StopError."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:  # an interrupt, too, must not leave half of it, nor the lock; it goes on from here
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as exc:
            raise StopError(
                f"the incidents cannot be written ({exc}); free some space, or delete this cache and try again"
            ) from exc

    # -- reading

    def linkage(self, report_id: str) -> IncidentLinkage | None:
        """Return where a report already belongs."""
        query = "SELECT incident_id, link, similarity FROM member WHERE report_id = ?"
        row = self._database.execute(query, (report_id,)).fetchone()
        return IncidentLinkage(incident_id=row[0], link=row[1], similarity=row[2]) if row else None

    def place(self, incident_id: str) -> IncidentPlace:
        """Return what is known of an incident's place."""
        row = self._database.execute("SELECT place FROM incident WHERE id = ?", (incident_id,)).fetchone()
        return msgspec.msgpack.decode(row[0], type=IncidentPlace) if row else IncidentPlace()

    def neighbours(self, traits: Traits) -> list[Anchor]:
        """Return the anchors worth comparing with, oldest first; their number does not grow with the store."""
        seqs = {*self._copies(traits), *self._in_blocks(traits)}
        query = """
            SELECT seq, incident_id, link, traits FROM anchor
            WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq
        """
        wanted = msgspec.json.encode(sorted(seqs)).decode()
        return [
            Anchor(seq=seq, incident_id=incident, link=link, traits=self._decode(blob))
            for seq, incident, link, blob in self._database.execute(query, (wanted,))
        ]

    def _copies(self, traits: Traits) -> list[int]:
        shared: Counter[int] = Counter()
        query = "SELECT seq FROM band WHERE key = ? ORDER BY seq DESC LIMIT ?"
        for key in band_keys(traits, least_words=self._rules.copy_words):
            shared.update(row[0] for row in self._database.execute(query, (key, BAND_DEPTH)))
        return sorted(shared, key=lambda seq: (-shared[seq], -seq))[:MAX_COPIES]

    def _in_blocks(self, traits: Traits) -> list[int]:
        at = traits.at or 0.0
        window = self._rules.window_seconds(traits.category)
        before = "SELECT at, seq FROM block WHERE key = ? AND at BETWEEN ? AND ? ORDER BY at DESC, seq DESC LIMIT ?"
        after = "SELECT at, seq FROM block WHERE key = ? AND at > ? AND at <= ? ORDER BY at, seq LIMIT ?"
        found: set[tuple[float, int]] = set()
        for key in block_keys(traits):
            found.update(self._database.execute(before, (key, at - window, at, BLOCK_DEPTH)))
            found.update(self._database.execute(after, (key, at, at + window, BLOCK_DEPTH)))
        return [seq for _, seq in sorted(found, key=lambda row: (abs(row[0] - at), -row[1]))[:MAX_NEIGHBOURS]]

    # -- writing

    def add_member(self, report_id: str, linkage: IncidentLinkage) -> None:
        """Remember where a report belongs."""
        self._database.execute(
            "INSERT INTO member VALUES (?, ?, ?, ?)",
            (report_id, linkage.incident_id, linkage.link, linkage.similarity),
        )

    def set_place(self, incident_id: str, place: IncidentPlace) -> None:
        """Remember what is known of an incident's place."""
        self._database.execute(
            "INSERT INTO incident VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET place = excluded.place",
            (incident_id, msgspec.msgpack.encode(place)),
        )

    def add_anchor(self, traits: Traits, linkage: IncidentLinkage) -> None:
        """Let later reports be compared with this one."""
        row = (traits.report_id, linkage.incident_id, linkage.link, msgspec.msgpack.encode(traits))
        insert = "INSERT INTO anchor (report_id, incident_id, link, traits) VALUES (?, ?, ?, ?)"
        seq = self._database.execute(insert, row).lastrowid
        bands = [(key, seq) for key in band_keys(traits, least_words=self._rules.copy_words)]
        blocks = [(key, traits.at or 0.0, seq) for key in block_keys(traits)]
        self._database.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", bands)
        self._database.executemany("INSERT OR IGNORE INTO block VALUES (?, ?, ?)", blocks)

    def remove(self, report_ids: Sequence[str]) -> None:
        """Forget reports; an incident that loses all its members goes with them."""
        for id in report_ids:
            row = self._database.execute("SELECT seq, traits FROM anchor WHERE report_id = ?", (id,)).fetchone()
            if row is not None:
                self._remove_anchor(row[0], self._decode(row[1]))
        incidents = {linkage.incident_id for id in report_ids if (linkage := self.linkage(id))}
        self._database.executemany("DELETE FROM member WHERE report_id = ?", [(id,) for id in report_ids])
        self._database.executemany(
            "DELETE FROM incident WHERE id = ? AND NOT EXISTS (SELECT 1 FROM member WHERE incident_id = incident.id)",
            [(id,) for id in incidents],
        )

    def _remove_anchor(self, seq: int, traits: Traits) -> None:
        bands = [(key, seq) for key in band_keys(traits, least_words=self._rules.copy_words)]
        blocks = [(key, traits.at or 0.0, seq) for key in block_keys(traits)]
        self._database.executemany("DELETE FROM band WHERE key = ? AND seq = ?", bands)
        self._database.executemany("DELETE FROM block WHERE key = ? AND at = ? AND seq = ?", blocks)
        self._database.execute("DELETE FROM anchor WHERE seq = ?", (seq,))
