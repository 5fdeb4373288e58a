"""What only the embedded engine can get wrong: its file, its locks, its threads, its disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import index.sqlite_search
from index.engine import FACETS, SearchQuery
from index.parse_query import parse_query
from index.sqlite import SqliteEngine
from index.sqlite_pages import KEEP_RANKINGS, KEEP_SECONDS
from sidak.errors import IntegrityError, RetryError, SidakError, StopError, UsageError
from tests.support.documents import NOW, make_document

Open = Callable[..., SqliteEngine]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "index" / "index.db"


@pytest.fixture
def open_sqlite(path: Path) -> Iterator[Open]:
    opened: list[SqliteEngine] = []

    def open_one(at: Path = path, clock: Callable[[], datetime] = lambda: NOW) -> SqliteEngine:
        opened.append(SqliteEngine(at, clock=clock, busy_seconds=0.2))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


def _query(**options: object) -> SearchQuery:
    return SearchQuery(**{"include_restricted": False, "expression": parse_query("jalan"), **options})


def test_another_process_sees_what_was_written(open_sqlite: Open) -> None:
    writer, reader = open_sqlite(), open_sqlite()
    writer.write([make_document()])
    assert reader.count() == 1
    assert reader.search(_query()).total == 1


def test_pages_by_relevance_outlive_the_process_that_ranked(open_sqlite: Open) -> None:
    first, second = open_sqlite(), open_sqlite()
    first.write([make_document(f"x:{number}") for number in range(5)])
    page = first.search(_query(sort="relevance", limit=2))
    first.close()
    rest = second.search(_query(sort="relevance", limit=9, cursor=page.next_cursor))
    assert {hit.id for hit in (*page.hits, *rest.hits)} == {f"x:{number}" for number in range(5)}


def test_a_ranking_expires_and_gives_way(open_sqlite: Open) -> None:
    now = NOW
    engine = open_sqlite(clock=lambda: now)
    engine.write([make_document(f"x:{number}") for number in range(5)])
    page = engine.search(_query(sort="relevance", limit=2))
    for limit in range(KEEP_RANKINGS + 1):
        now = NOW + timedelta(seconds=1 + limit)
        engine.search(_query(sort="relevance", limit=1, expression=parse_query(f"jalan -kata{limit}")))
    with pytest.raises(UsageError, match="kedaluwarsa"):
        engine.search(_query(sort="relevance", limit=2, cursor=page.next_cursor))
    page = engine.search(_query(sort="relevance", limit=2))
    now += timedelta(seconds=KEEP_SECONDS + 1)
    with pytest.raises(UsageError, match="kedaluwarsa"):
        engine.search(_query(sort="relevance", limit=2, cursor=page.next_cursor))


def test_a_cursor_means_nothing_in_a_rebuilt_file(open_sqlite: Open, tmp_path: Path) -> None:
    one, other = open_sqlite(tmp_path / "a" / "index.db"), open_sqlite(tmp_path / "b" / "index.db")
    for engine in (one, other):
        engine.write([make_document(f"x:{number}") for number in range(5)])
    cursor = one.search(_query(sort="relevance", limit=2)).next_cursor
    with pytest.raises(UsageError):
        other.search(_query(sort="relevance", limit=2, cursor=cursor))


def test_many_threads_read_and_write_at_once(open_sqlite: Open) -> None:
    engine = open_sqlite()
    engine.setup()
    start = threading.Barrier(8)

    def work(worker: int) -> int:
        start.wait()
        for number in range(20):
            while True:
                try:
                    engine.write([make_document(f"x:{worker}-{number}")])
                    break
                except RetryError:
                    continue
            page = engine.search(_query(limit=5))
            assert page.total >= number + 1
        return worker

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == list(range(8))
    assert engine.count() == 160


def test_a_locked_index_says_try_again_and_loses_nothing(open_sqlite: Open, path: Path) -> None:
    engine = open_sqlite()
    engine.write([make_document("x:1")])
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RetryError, match=r"index\.db"):
            engine.write([make_document("x:2")])
        assert engine.search(_query()).total == 1
        other.execute("ROLLBACK")
    other.close()
    assert engine.write([make_document("x:2")]).written == 1


def test_a_full_disk_stops_with_the_path_and_keeps_what_was_there(
    open_sqlite: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_sqlite()
    engine.write([make_document("x:1")])
    with engine._pool.lent() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite's own way to run out of room
    with pytest.raises(StopError, match=r"index\.db.*disk is full"):
        engine.write([make_document(f"x:{number}", "kata " * 2_000) for number in range(50)])
    assert list(engine.ids()) == ["x:1"]


def test_a_home_that_cannot_hold_an_index_is_named(open_sqlite: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StopError, match="SIDAK_HOME"):
        open_sqlite(tmp_path / "file" / "index.db").setup()
    with pytest.raises(StopError, match="SIDAK_HOME"):
        open_sqlite(tmp_path).setup()


@pytest.mark.parametrize("damage", ["garbage", "torn", "empty table"])
def test_a_damaged_file_says_how_to_rebuild_and_clear_does(open_sqlite: Open, path: Path, damage: str) -> None:
    engine = open_sqlite()
    engine.write([make_document(f"x:{number}", "kata " * 500) for number in range(60)])
    engine.close()
    content = path.read_bytes()
    if damage == "garbage":
        path.write_bytes(b"this is no database" * 1_000)
    elif damage == "torn":
        path.write_bytes(content[:8_192] + b"\xff" * (len(content) - 8_192))
    else:
        path.write_bytes(content[:100] + b"\0" * (len(content) - 100))
    again = open_sqlite()
    with pytest.raises(IntegrityError, match="sidak reindex"):
        again.write([make_document("x:new")])
    again.clear()
    assert again.count() == 0
    assert again.write([make_document("x:new")]).written == 1


def test_a_file_of_another_version_is_not_touched_until_cleared(open_sqlite: Open, path: Path) -> None:
    open_sqlite().setup()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    engine = open_sqlite()
    with pytest.raises(StopError, match="sidak reindex"):
        engine.count()
    engine.clear()
    assert engine.count() == 0


def test_somebody_elses_database_is_never_taken_over(open_sqlite: Open, path: Path) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE important (value TEXT)")
    connection.close()
    with pytest.raises(StopError):
        open_sqlite().setup()


@pytest.mark.parametrize("restricted", [False, True])
def test_the_words_of_a_removed_document_leave_the_file(open_sqlite: Open, path: Path, *, restricted: bool) -> None:
    engine = open_sqlite()
    secret = "zzrahasiazz"
    forgotten = make_document("x:1", f"Aduan {secret} di kantor", restricted=restricted)
    engine.write([forgotten, make_document("x:2", "Jalan rusak")])
    assert any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())
    engine.delete(["x:1"])
    assert not [file.name for file in path.parent.iterdir() if secret.encode() in file.read_bytes()]
    assert engine.search(_query()).total == 1


def test_two_processes_may_make_the_schema_at_once(path: Path) -> None:
    start = threading.Barrier(6)

    def work(_worker: int) -> str:
        engine = SqliteEngine(path, clock=lambda: NOW)
        start.wait()
        try:
            engine.setup()
        except SidakError as exc:
            return str(exc)
        finally:
            engine.close()
        return "ok"

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(6))) == {"ok"}


def test_a_search_that_takes_too_long_is_stopped_with_a_word_and_the_next_one_works(
    open_sqlite: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_sqlite()
    engine.write([make_document(f"x:{number}", f"jalan rusak {number}") for number in range(400)])
    query = SearchQuery(include_restricted=False, expression=parse_query("jalan -banjir"), facets=FACETS)
    monkeypatch.setattr(index.sqlite_search, "MAX_SECONDS", -1.0)
    monkeypatch.setattr(index.sqlite_search, "_STEPS_BETWEEN_LOOKS", 100)
    with pytest.raises(UsageError, match="terlalu berat"):
        engine.search(query)
    monkeypatch.setattr(index.sqlite_search, "MAX_SECONDS", 20.0)
    assert engine.search(query).total == 400
