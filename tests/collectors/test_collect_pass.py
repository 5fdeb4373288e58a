"""One pass: what is fetched is stored, cursors come with their posts, one failure stops no other question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors import batch as batch_module
from collectors import collect as collect_module
from collectors.protocol import Query, RawPage, Window
from sidak.errors import QuarantineError, RetryError, StopError
from sidak.models import Post

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def read_posts(deployment: Any, source: str) -> list[dict[str, Any]]:
    stream = deployment.archive.stream(f"posts/{source}")
    return [json.loads(record) for segment in stream.segments() for record in stream.read(segment)]


class ScriptedClient:
    """Yields pages and raises what the script says, by question."""

    def __init__(self, script: dict[str, list[Any]]) -> None:
        self.script = script
        self.cursors: dict[str, object] = {}

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        self.cursors[query.id] = cursor
        for step in self.script[query.id]:
            if isinstance(step, Exception):
                raise step
            yield step


def page(query: Query, *ids: int, cursor: object = None, warnings: tuple[str, ...] = ()) -> RawPage:
    items = tuple({"id": str(id), "text": "jalan rusak", "created_at": "2026-11-19T00:00:00Z"} for id in ids)
    return RawPage(
        query=query, items=items, fetched_at=NOW, cursor_key=query.id, cursor=cursor, where="uji", warnings=warnings
    )


def question(name: str, lane: Any = "overheard") -> Query:
    return Query(id=name, source="x", lane=lane, text=name)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    script: dict[str, list[Any]] = {}
    client = ScriptedClient(script)
    monkeypatch.setattr(collect_module, "load_client_builder", lambda _: lambda **_options: client)
    return script


def test_a_failing_question_stops_no_other_and_loses_nothing(deployment: Any, scripted: Any) -> None:
    a, b, c = (question(name) for name in "abc")
    scripted["a"] = [page(a, 1 << 40, cursor={"n": 1}), RetryError("a: reset")]
    scripted["b"] = [QuarantineError("b: cannot be asked", reason="bad")]
    scripted["c"] = [page(c, 2 << 40, cursor={"n": 3}, warnings=("gap: c",))]
    result = deployment.collect("x", queries=[a, b, c])
    assert (result.outcome, result.message) == ("stopped", "b: cannot be asked")
    assert result.new == result.fetched == 2
    assert set(result.warnings) == {"gap: c", "a: reset"}
    assert [deployment.intake.cursor("x", name) for name in "abc"] == [{"n": 1}, None, {"n": 3}]


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (RetryError("terlalu sering", until=NOW + timedelta(hours=1), reason="rate_limit"), "retry"),
        (RetryError("habis", reason="quota"), "retry"),
        (StopError("kunci ditolak"), "stopped"),
    ],
)
def test_a_refusal_ends_its_lane_only(deployment: Any, scripted: Any, failure: Exception, outcome: str) -> None:
    a, b, c = question("a"), question("b"), question("c", "addressed")
    scripted |= {"a": [failure], "b": [page(b, 1 << 40)], "c": [page(c, 2 << 40)]}
    result = deployment.collect("x", queries=[a, b, c])
    assert result.outcome == outcome
    assert (result.new, result.queries) == (1, 2)
    assert "1 further questions were not asked" in result.warnings
    assert result.until == getattr(failure, "until", None)


def test_a_platform_that_is_down_is_not_asked_everything(deployment: Any, scripted: Any) -> None:
    questions = [question(name) for name in "abcdefgh"]
    scripted |= {asked.id: [RetryError(f"{asked.id}: no answer")] for asked in questions}
    result = deployment.collect("x", queries=questions)
    assert (result.outcome, result.queries) == ("retry", 3)
    assert "5 further questions were not asked" in result.warnings


def test_commits_come_in_segments_and_a_cursor_never_before_its_posts(
    deployment: Any, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "MAX_PAGES", 3)
    a = question("a")
    scripted["a"] = [page(a, n << 40, cursor={"n": n}) for n in range(1, 9)]
    stored: list[tuple[list[str], Any]] = []
    original = deployment.intake.store

    def note(source: str, posts: list[Post], **options: Any) -> Any:
        stored.append(([post.native_id for post in posts], options["cursors"]))
        return original(source, posts, **options)

    monkeypatch.setattr(deployment.intake, "store", note)
    seen: list[int] = []
    result = deployment.collect("x", queries=[a], on_page=lambda counts: seen.append(counts.fetched))
    assert [len(ids) for ids, _ in stored] == [3, 3, 2]
    assert [cursors["a"]["n"] for _, cursors in stored] == [3, 6, 8]
    assert seen == list(range(1, 9))
    assert result.pages == 8


def test_a_full_disk_moves_no_cursor(deployment: Any, scripted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    a = question("a")
    scripted["a"] = [page(a, 1 << 40, cursor={"n": 1})]

    def refuse(*_: Any, **__: Any) -> Any:
        raise StopError("the archive cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr(deployment.intake, "store", refuse)
        with pytest.raises(StopError, match="cannot be written"):
            deployment.collect("x", queries=[a])
    assert deployment.intake.cursor("x", "a") is None
    assert deployment.collect("x", queries=[a]).new == 1


def test_weeks_of_passes_keep_every_post_and_follow_edits_and_deletions(deployment: Any) -> None:
    """The stand-ins' clock is moved a few days at a time; what a listing still shows is brought up to date."""
    standins = deployment.standins
    standins.clock.set(standins.end - timedelta(days=27))
    new = revised = 0
    for _ in range(10):
        for source in ("x", "reddit"):
            result = deployment.collect(source)
            assert result.outcome == "ok", result.message
            assert not [warning for warning in result.warnings if warning.startswith("gap")]
            new += result.new
            revised += result.revised
        standins.clock.advance(timedelta(days=3))
    assert new > 0
    posts = read_posts(deployment, "x") + read_posts(deployment, "reddit")
    assert len(posts) == new + revised
    assert len({(post["source"], post["native_id"]) for post in posts}) == new
    told = json.dumps(posts)
    handles = {item.author for item in standins.items}
    assert not [handle for handle in handles if f'"{handle}"' in told]


def test_reddit_keeps_what_speaks_of_the_watchlist_and_blanks_what_is_removed(deployment: Any) -> None:
    first = deployment.collect("reddit")
    assert first.unmatched > 0
    assert first.new > 0
    posts = read_posts(deployment, "reddit")
    standins = deployment.standins
    kept = posts[0]["native_id"]
    gone = {"kind": kept[:2], "data": {
        "name": kept, "title": "Judul tersisa", "selftext": "[removed]", "body": "[removed]", "author": "[deleted]",
        "created_utc": standins.end.timestamp() - 60, "subreddit": "indonesia", "removed_by_category": "moderator",
        "link_id": "t3_aa1",
    }}  # fmt: skip
    never_kept = {"kind": "t3", "data": {**gone["data"], "name": "t3_tidak9"}}
    body = {"kind": "Listing", "data": {"children": [gone, never_kept], "after": None}}
    from collectors.standins.faults import Fault

    standins.faults.add("/r/", Fault(kind="status", status=200, body=json.dumps(body).encode()), times=1)
    second = deployment.collect("reddit")
    assert second.revised == 1
    latest = read_posts(deployment, "reddit")[-1]
    assert (latest["native_id"], latest["state"], latest["text"]) == (kept, "removed", "")
    assert "title" not in latest
    assert "t3_tidak9" not in json.dumps(read_posts(deployment, "reddit"))


def test_an_addressed_post_stays_addressed_whoever_finds_it_last(deployment: Any) -> None:
    deployment.collect("x")
    lanes: dict[str, set[str]] = {}
    for post in read_posts(deployment, "x"):
        lanes.setdefault(post["native_id"], set()).add(post["lane"])
    assert any(lane == {"addressed"} for lane in lanes.values())
    assert all(len(lane) == 1 for lane in lanes.values())


def test_a_window_asks_that_stretch_and_leaves_the_cursors(deployment: Any) -> None:
    end = deployment.standins.end
    window = Window(since=end - timedelta(days=3), until=end - timedelta(days=1))
    result = deployment.collect("x", window=window)
    assert result.outcome == "ok"
    for post in read_posts(deployment, "x"):
        assert window.since <= datetime.fromisoformat(post["created_at"]) < window.until  # type: ignore[operator]
    assert deployment.collect("x").new > 0, "the pass without a window begins at the beginning"
