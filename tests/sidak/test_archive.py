"""The archive keeps what it said it kept, and nothing that it did not."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidak.archive import Archive, Stream
from sidak.errors import IntegrityError, StopError

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", clock=clock)


def rows(*names: str) -> list[bytes]:
    return [json.dumps({"id": name}).encode() for name in names]


def everything(stream: Stream) -> list[bytes]:
    return [record for entry in stream.segments() for record in stream.read(entry)]


def test_records_and_cursor_come_back_in_another_process(archive: Archive) -> None:
    archive.stream("posts/x").commit(rows("a", "b"), cursors={"q1": {"mark": "17"}})
    archive.stream("posts/x").commit(rows("c"), cursors={"q2": 4})
    again = Archive(archive.root, clock=clock).stream("posts/x")
    assert everything(again) == rows("a", "b", "c")
    assert (again.cursor("q1"), again.cursor("q2"), again.cursor("q3")) == ({"mark": "17"}, 4, None)
    assert [entry.first_ordinal for entry in again.segments()] == [0, 2]


def test_a_commit_may_carry_only_a_cursor(archive: Archive) -> None:
    stream = archive.stream("posts/x")
    stream.commit([], cursors={"q": 1})
    stream.commit(rows("a"))
    assert stream.cursor("q") == 1
    assert everything(Archive(archive.root, clock=clock).stream("posts/x")) == rows("a")


def test_names_list_only_streams_that_exist(archive: Archive) -> None:
    archive.stream("posts/x").commit(rows("a"))
    archive.stream("posts/reddit").commit(rows("a"))
    archive.stream("reports/x").commit(rows("a"))
    assert archive.names("posts") == ["posts/reddit", "posts/x"]


def test_derived_work_is_committed_once(archive: Archive) -> None:
    stream = archive.stream("reports/x")
    assert stream.commit(rows("a"), derived_from="1@m") is not None
    assert stream.commit(rows("a"), derived_from="1@m") is None
    assert everything(stream) == rows("a")


def test_what_a_crash_left_behind_is_quarantined_and_never_read(archive: Archive) -> None:
    stream = archive.stream("posts/x")
    stream.commit(rows("a"))
    (stream.path / "000000002-0123456789ab.jsonl.zst").write_bytes(b"a whole file whose line never came")
    (stream.path / "000000002-ba9876543210.jsonl.zst.partial").write_bytes(b"half")
    fresh = Archive(archive.root, clock=clock).stream("posts/x")
    fresh.commit(rows("b"))
    assert everything(fresh) == rows("a", "b")
    kept = sorted(path.name for path in (archive.root / "quarantine/posts/x").iterdir())
    assert kept == ["000000002-0123456789ab.jsonl.zst", "000000002-ba9876543210.jsonl.zst.partial"]


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(min_value=1, max_value=120))
def test_a_manifest_line_cut_by_a_crash_is_no_line(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("archive")
    stream = Archive(root, clock=clock).stream("posts/x")
    stream.commit(rows("a"), cursors={"q": 1})
    stream.commit(rows("b"), cursors={"q": 2})
    manifest = stream.path / "MANIFEST"
    whole = manifest.read_bytes()
    second = len(whole) - whole.index(b"\n") - 1
    os.truncate(manifest, len(whole) - min(cut, second))
    again = Archive(root, clock=clock).stream("posts/x")
    assert again.cursor("q") == 1
    assert everything(again) == rows("a")
    again.commit(rows("c"), cursors={"q": 3})
    last = Archive(root, clock=clock).stream("posts/x")
    assert (everything(last), last.cursor("q")) == (rows("a", "c"), 3)


def test_a_changed_manifest_line_is_named(archive: Archive) -> None:
    stream = archive.stream("posts/x")
    stream.commit(rows("a"))
    manifest = stream.path / "MANIFEST"
    manifest.write_bytes(manifest.read_bytes().replace(b'"records":1', b'"records":2'))
    with pytest.raises(IntegrityError, match=r"MANIFEST, line 1"):
        Archive(archive.root, clock=clock).stream("posts/x").segments()


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_segment_is_never_read_as_good(archive: Archive, damage: str) -> None:
    stream = archive.stream("posts/x")
    entry = stream.commit(rows("a", "b"))
    assert entry is not None
    path = stream.path / str(entry.file)
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "cut":
        path.write_bytes(data[:-3])
    else:
        path.unlink()
    with pytest.raises(IntegrityError, match=path.name):
        stream.read(entry)


def test_rewrite_keeps_positions_and_destroys_the_old_content(archive: Archive) -> None:
    stream = archive.stream("posts/x")
    stream.commit(rows("first"))
    entry = stream.commit([b'{"id":"b","text":"kenari-kuning-7731"}', *rows("c")], derived_from="k")
    assert entry is not None
    stream.rewrite(entry.sequence, rows("gone", "c"))
    again = Archive(archive.root, clock=clock).stream("posts/x")
    assert everything(again) == rows("first", "gone", "c")
    assert "k" in again.derived()
    again.commit(rows("d"))
    assert [entry.first_ordinal for entry in again.segments()] == [0, 1, 3]
    remains = [path for path in archive.root.rglob("*.zst") if path.name == entry.file]
    assert remains == []


def test_a_rewrite_that_changes_the_count_is_refused(archive: Archive) -> None:
    entry = archive.stream("posts/x").commit(rows("a", "b"))
    assert entry is not None
    with pytest.raises(IntegrityError, match="keep 2 records"):
        archive.stream("posts/x").rewrite(entry.sequence, rows("a"))


def test_a_superseded_file_that_survived_a_crash_is_destroyed_not_quarantined(archive: Archive) -> None:
    stream = archive.stream("posts/x")
    entry = stream.commit(rows("a"))
    assert entry is not None
    old = (stream.path / str(entry.file)).read_bytes()
    stream.rewrite(entry.sequence, rows("x"))
    (stream.path / str(entry.file)).write_bytes(old)
    Archive(archive.root, clock=clock).stream("posts/x").commit(rows("b"))
    assert not (stream.path / str(entry.file)).exists()
    assert not (archive.root / "quarantine").exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_stops_with_a_message_and_keeps_what_was_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    stream = archive.stream("posts/x")
    stream.commit(rows("a"), cursors={"q": 1})

    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(StopError, match="disk is full" if code == errno.ENOSPC else "SIDAK_HOME"):
            stream.commit(rows("b"), cursors={"q": 2})
    again = Archive(archive.root, clock=clock).stream("posts/x")
    assert (everything(again), again.cursor("q")) == (rows("a"), 1)
    again.commit(rows("c"))
    assert everything(again) == rows("a", "c")


def _write_many(root: Path, worker: int) -> None:
    stream = Archive(root, clock=clock).stream("posts/x")
    for number in range(20):
        stream.commit(rows(f"{worker}-{number}"), cursors={f"w{worker}": number})


def test_many_writers_lose_nothing(archive: Archive) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_write_many, args=(archive.root, worker)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    stream = archive.stream("posts/x")
    assert sorted(everything(stream)) == sorted(row for w in range(4) for n in range(20) for row in rows(f"{w}-{n}"))
    assert [entry.first_ordinal for entry in stream.segments()] == list(range(80))
    assert all(stream.cursor(f"w{worker}") == 19 for worker in range(4))
