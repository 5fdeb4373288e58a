"""Whatever is fetched twice is stored once; what was deleted never comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidak.archive import Archive
from sidak.catalog import Catalog
from sidak.intake import Intake, Stored
from sidak.models import DeadLetter, Post

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def open_intake(home: Path) -> tuple[Intake, Catalog, Archive]:
    archive = Archive(home / "archive", clock=clock)
    catalog = Catalog(home / "cache" / "catalog.db", archive)
    return Intake(archive, catalog), catalog, archive


def post(native_id: str, text: str = "jalan depan pasar berlubang", **fields: object) -> Post:
    base = Post(
        source="x",
        native_id=native_id,
        kind="post",
        lane="overheard",
        text=text,
        created_at=NOW - timedelta(hours=1),
        collected_at=NOW,
    )
    return msgspec.structs.replace(base, **fields)


def letter(id: str) -> DeadLetter:
    return DeadLetter(id=id, stage="parse", reason="no_id", detail="an item without an id", at=NOW)


def stored_ids(archive: Archive) -> list[str]:
    stream = archive.stream("posts/x")
    return [
        msgspec.json.decode(record, type=Post).native_id for entry in stream.segments() for record in stream.read(entry)
    ]


def test_a_post_fetched_again_is_not_stored_again(tmp_path: Path) -> None:
    intake, _, archive = open_intake(tmp_path)
    assert intake.store("x", [post("1"), post("2")]) == Stored(new=2)
    assert intake.store("x", [post("2"), post("3")]) == Stored(new=1, unchanged=1)
    assert stored_ids(archive) == ["1", "2", "3"]


def test_likes_and_the_moment_of_collection_are_no_revision_but_an_edit_is(tmp_path: Path) -> None:
    intake, _, _ = open_intake(tmp_path)
    intake.store("x", [post("1")])
    later = NOW + timedelta(hours=3)
    assert intake.store("x", [post("1", collected_at=later, counts={"likes": 9})]).unchanged == 1
    assert intake.store("x", [post("1", text="sudah ditambal tapi rusak lagi", edited_at=later)]).revised == 1
    assert intake.store("x", [post("1", edited_at=later + timedelta(hours=1))]).revised == 1


def test_a_post_whose_date_is_unknown_is_stored_once(tmp_path: Path) -> None:
    intake, _, _ = open_intake(tmp_path)
    later = NOW + timedelta(hours=3)
    intake.store("x", [post("1", created_at=NOW)])
    assert intake.store("x", [post("1", created_at=later, collected_at=later)]).unchanged == 1


def test_the_same_batch_with_two_texts_of_one_id_is_stable_when_it_comes_again(tmp_path: Path) -> None:
    intake, _, archive = open_intake(tmp_path)
    batch = [post("1", "jalan rusak"), post("1", "jalan rusak parah")]
    assert intake.store("x", batch) == Stored(new=1, revised=1)
    assert intake.store("x", batch) == Stored(unchanged=2)
    assert stored_ids(archive) == ["1", "1"]


def test_the_cursor_comes_with_the_posts_and_an_unmoved_one_costs_nothing(tmp_path: Path) -> None:
    intake, _, archive = open_intake(tmp_path)
    intake.store("x", [post("1")], cursors={"q": {"mark": 5}})
    size = (archive.root / "posts/x/MANIFEST").stat().st_size
    intake.store("x", [post("1")], cursors={"q": {"mark": 5}})
    assert (archive.root / "posts/x/MANIFEST").stat().st_size == size
    intake.store("x", [], cursors={"q": {"mark": 6}})
    assert open_intake(tmp_path)[0].cursor("x", "q") == {"mark": 6}


def test_a_tombstoned_post_is_refused(tmp_path: Path) -> None:
    intake, _, archive = open_intake(tmp_path)
    assert intake.entomb(["x:1", "x:1"], reason="forgotten", at=NOW) == 1
    assert intake.entomb(["x:1"], reason="forgotten", at=NOW) == 0
    assert intake.store("x", [post("1"), post("2")]) == Stored(new=1, refused=1)
    assert stored_ids(archive) == ["2"]


def test_a_dead_letter_is_kept_once(tmp_path: Path) -> None:
    intake, _, _ = open_intake(tmp_path)
    assert intake.store("x", [], rejected=[letter("a"), letter("a"), letter("b")]).rejected == 2
    assert open_intake(tmp_path)[0].store("x", [], rejected=[letter("a")]).rejected == 0


def test_a_damaged_catalog_is_thrown_away_and_built_again(tmp_path: Path) -> None:
    intake, catalog, _ = open_intake(tmp_path)
    intake.store("x", [post("1")])
    catalog.close()
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(b"no database" * 500)
    assert open_intake(tmp_path)[0].store("x", [post("1"), post("2")]) == Stored(new=1, unchanged=1)


def test_a_lost_catalog_is_built_again_from_the_archive(tmp_path: Path) -> None:
    intake, catalog, _ = open_intake(tmp_path)
    intake.store("x", [post("1"), post("2")])
    intake.entomb(["x:3"], reason="forgotten", at=NOW)
    catalog.close()
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
    intake, catalog, _ = open_intake(tmp_path)
    assert intake.store("x", [post("1"), post("3"), post("4")]) == Stored(new=1, unchanged=1, refused=1)
    assert [(id, ordinal) for id, ordinal, _ in catalog.newest()] == [("x:1", 0), ("x:2", 1), ("x:4", 2)]


@settings(max_examples=30, deadline=None)
@given(batches=st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), max_size=6), max_size=8))
def test_every_post_given_is_counted_once_and_every_revision_stored_once(
    batches: list[list[tuple[int, int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    intake, catalog, archive = open_intake(tmp_path_factory.mktemp("home"))
    given_posts = 0
    total = Stored()
    for batch in batches:
        posts = [post(str(id), f"teks {version}") for id, version in batch]
        stored = intake.store("x", posts)
        given_posts += len(posts)
        total = Stored(
            new=total.new + stored.new,
            revised=total.revised + stored.revised,
            unchanged=total.unchanged + stored.unchanged,
        )
    assert total.new + total.revised + total.unchanged == given_posts
    distinct = {pair for batch in batches for pair in batch}
    assert len(stored_ids(archive)) == len(distinct) == total.new + total.revised
    assert len(list(catalog.newest())) == len({id for id, _ in distinct}) == total.new
