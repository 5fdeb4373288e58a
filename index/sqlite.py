"""The embedded search engine: SQLite with FTS5, one file in the home, no server; a rebuild makes another file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from index.admission import admit_document, to_millis
from index.derived import derive_fields, local_day
from index.document import Document
from index.engine import Page, Rejected, SearchQuery, TermCount, Trends, TrendsQuery, WriteOutcome
from index.export_scan import scan_sqlite
from index.spelling import is_checkable
from index.sqlite_generations import Generations, rankings_beside, remove_generation
from index.sqlite_pages import Rankings
from index.sqlite_pool import BUSY_SECONDS, Pool
from index.sqlite_schema import prepare_connection
from index.sqlite_search import search_documents
from index.sqlite_trends import count_trends
from index.sqlite_words import merge_words, similar_terms
from sidak.errors import IntegrityError, SidakError, StopError

WRITE_BATCH = 500
"""Documents a transaction: long enough to be fast, short enough that a person's decision need not wait."""

_UPSERT = """
INSERT INTO documents (id, version, restricted, urgency, created_ms, day, kind, category, source, lane, state, review,
  incident_id, area_provinsi, area_kabkota, area_kecamatan, area_kelurahan)
VALUES (:id, :version, :restricted, :urgency, :created_ms, :day, :kind, :category, :source, :lane, :state, :review,
  :incident_id, :area_provinsi, :area_kabkota, :area_kecamatan, :area_kelurahan)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, restricted = excluded.restricted,
  urgency = excluded.urgency, created_ms = excluded.created_ms, day = excluded.day, kind = excluded.kind,
  category = excluded.category, source = excluded.source, lane = excluded.lane, state = excluded.state,
  review = excluded.review, incident_id = excluded.incident_id, area_provinsi = excluded.area_provinsi,
  area_kabkota = excluded.area_kabkota, area_kecamatan = excluded.area_kecamatan,
  area_kelurahan = excluded.area_kelurahan
WHERE excluded.version > version RETURNING key"""
_SAME = ("id", "version", "restricted", "urgency", "kind", "category", "source", "lane", "state", "incident_id")
_STORE_BODY = """
INSERT INTO bodies (key, is_restricted, stems, body) VALUES (?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE
SET is_restricted = excluded.is_restricted, stems = excluded.stems, body = excluded.body"""


class SqliteEngine:
    """Implements `index.engine.Engine` on one SQLite file; safe for many threads and many processes."""

    name = "sqlite"

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime],
        busy_seconds: float = BUSY_SECONDS,
        fresh: Path | None = None,
    ) -> None:
        """Work on the generation in use of the index at `path`, or on a `fresh` one that is still being built."""
        self.path = path
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._fresh = fresh
        self._generations = Generations(path)
        self._pool = Pool(self.locate, on_open=prepare_connection, busy_seconds=busy_seconds)
        self._rankings = Rankings(lambda: rankings_beside(self.locate()))

    def locate(self) -> Path:
        """Return the file that this engine works on now."""
        return self._fresh or self._generations.current()

    def setup(self) -> None:
        """Create the file and its schema where they are missing."""
        with self._pool.lent():
            pass

    def write(self, documents: Sequence[Document]) -> WriteOutcome:
        """Store documents by id, each only if its version is newer than the stored one."""
        written = stale = 0
        rejected: list[Rejected] = []
        for start in range(0, len(documents), WRITE_BATCH):
            with self._pool.writing() as connection:
                for document in documents[start : start + WRITE_BATCH]:
                    try:
                        stored = _store(connection, document)
                    except ValueError as exc:
                        rejected.append(Rejected(id=document.id, reason=str(exc)))
                        continue
                    written += stored
                    stale += not stored
        return WriteOutcome(written=written, stale=stale, rejected=tuple(rejected))

    def delete(self, ids: Sequence[str]) -> int:
        """Remove documents for good: their words leave the file too, and those of a rebuild under way as well."""
        if not ids:
            return 0
        for path in [] if self._fresh else self._generations.others():
            self._delete_beside(path, ids)
        with self._pool.writing() as connection:
            removed = sum(_remove(connection, id) for id in ids)
            if removed:
                # Until segments are merged, FTS5 keeps the words of deleted rows.
                merge_words(connection)
        if removed:
            with self._pool.lent() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return removed

    def get(self, id: str, *, include_restricted: bool) -> Document | None:
        """Return one document, or None."""
        with self._pool.reading() as connection:
            row = connection.execute(
                "SELECT body FROM documents JOIN bodies USING (key) WHERE id = ? AND restricted <= ?",
                (_storable(id), int(include_restricted)),
            ).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Document)

    def search(self, query: SearchQuery) -> Page:
        """Return one page of a search."""
        return search_documents(query, pool=self._pool, rankings=self._rankings, now=self._clock())

    def trends(self, query: TrendsQuery) -> Trends:
        """Return all that a page of trends shows, of one moment."""
        return count_trends(self._pool, query, now=self._clock())

    def scan(self, query: SearchQuery, *, after: str, limit: int) -> tuple[Document, ...]:
        """Return hits in the order of their ids, beginning after an id."""
        return scan_sqlite(self._pool, query, after=_storable(after), limit=limit)

    def similar_terms(self, term: str, *, include_restricted: bool) -> tuple[TermCount, ...]:
        """Return a few words spelt like this one, itself included, that visible reports hold."""
        if not is_checkable(term):
            return ()
        with self._pool.reading() as connection:
            return similar_terms(connection, term, include_restricted=include_restricted)

    def ids(self) -> Iterator[str]:
        """Yield every id in order, a thousand at a time, so that no read stays open for long."""
        last = ""
        while True:
            with self._pool.reading() as connection:
                sql = "SELECT id FROM documents WHERE id > ? ORDER BY id LIMIT 1000"
                found = [row[0] for row in connection.execute(sql, (last,))]
            if not found:
                return
            yield from found
            last = found[-1]

    def count(self) -> int:
        """Return the number of documents, restricted ones too."""
        with self._pool.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])

    def published_segments(self) -> frozenset[str]:
        """Return the report segments that this index already holds whole."""
        with self._pool.reading() as connection:
            return frozenset(row[0] for row in connection.execute("SELECT segment FROM marks"))

    def mark_published(self, segment: str) -> None:
        """Remember a report segment as held."""
        with self._pool.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO marks (segment) VALUES (?)", (segment,))

    def refresh(self) -> None:
        """Do nothing: what is committed is seen."""

    @contextmanager
    def rebuilding(self, *, resume: bool = False) -> Iterator[SqliteEngine]:
        """Yield a fresh engine that takes this one's place at the end; a damaged one is replaced as well."""
        if self._fresh is not None:
            raise TypeError("an index that is being built is not rebuilt itself")
        fresh = (resume and self._left_behind()) or self._begin()
        try:
            yield fresh
            fresh.finish()
            self._generations.switch_to(fresh.locate())
        except BaseException:  # an interrupt, too, must not leave half an index behind; it goes on from here
            fresh.close()
            if not resume:
                with suppress(SidakError):  # what went wrong before matters more; the next rebuild sweeps
                    self.sweep()
            raise
        fresh.close()
        self.sweep()

    def _beside(self, path: Path) -> SqliteEngine:
        return SqliteEngine(self.path, clock=self._clock, busy_seconds=self._busy_seconds, fresh=path)

    def _begin(self) -> SqliteEngine:
        with suppress(IntegrityError):  # a damaged pointer, which is replaced
            self.sweep()
        fresh = self._beside(self._generations.next())
        fresh.setup()
        return fresh

    def _left_behind(self) -> SqliteEngine | None:
        """Return the newest index that a killed rebuild left, None where there is none that can be used."""
        with suppress(IntegrityError):
            for path in reversed(self._generations.others()):
                fresh = self._beside(path)
                try:
                    fresh.count()
                except StopError:
                    fresh.close()
                else:
                    return fresh
        return None

    def _delete_beside(self, path: Path, ids: Sequence[str]) -> None:
        """Remove documents from what a rebuild is filling; where that is damaged, remove it whole."""
        beside = self._beside(path)
        try:
            beside.delete(ids)
        except IntegrityError:
            beside.close()
            remove_generation(path)
        beside.close()

    def sweep(self) -> None:
        """Remove what a killed rebuild left behind."""
        self._generations.sweep()

    def finish(self) -> None:
        """Merge the words and bring everything from the log into the file, on the disk."""
        with self._pool.writing() as connection:
            merge_words(connection)
        with self._pool.lent() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def clear(self) -> None:
        """Remove every document and mark; a damaged file or one of another version is replaced by an empty one."""
        with self.rebuilding():
            pass

    def close(self) -> None:
        """Give back connections."""
        self._pool.close()
        self._rankings.close()


def _store(connection: sqlite3.Connection, document: Document) -> bool:
    admitted, body = admit_document(document)
    values = {name: getattr(admitted, name) for name in _SAME} | derive_fields(admitted)
    values["created_ms"] = to_millis(admitted.created_at)
    values["day"] = local_day(admitted.created_at)
    row = connection.execute(_UPSERT, values).fetchone()
    if row is None:
        return False
    connection.execute(_STORE_BODY, (row[0], admitted.restricted, admitted.stems, body))
    return True


def _remove(connection: sqlite3.Connection, id: str) -> bool:
    row = connection.execute("DELETE FROM documents WHERE id = ? RETURNING key", (_storable(id),)).fetchone()
    if row is None:
        return False
    connection.execute("DELETE FROM bodies WHERE key = ?", (row[0],))
    return True


def _storable(id: str) -> str:
    """Return an id that SQLite can be asked for; one with lone surrogates is nobody's."""
    return id.encode("utf-8", "replace").decode("utf-8")
