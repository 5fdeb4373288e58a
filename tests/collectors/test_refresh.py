"""What is deleted or edited upstream is deleted or edited here, in every byte, within the deadline and for good."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard

from collectors.standins.app import StandIns
from collectors.standins.faults import Fault
from sidak.app import pipeline
from sidak.app.audit import balance_posts, check_balance
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.app.purge import purge_source
from sidak.app.refresh import refresh_with, refreshable
from sidak.errors import RetryError, UsageError
from sidak.models import DeadLetter, Post

from .bytes_kept import holding
from .conftest import END, Deployment

CANARY = "kenarikuning7731"
SOURCES = ("x", "reddit", "youtube", "facebook", "instagram")
STAYING = "lampu jalan mati di subah batang sudah dua minggu gelap sekali tolong diperbaiki"
VANISHING = f"jalan rusak di subah batang {CANARY} sudah tiga bulan banyak yang jatuh"


def rows(*lines: str, platform: str) -> str:
    return f'platform = "{platform}"\nposts = [\n' + "\n".join(f"{{ {line} }}," for line in lines) + "\n]\n"


def row(by: str, ago: str, text: str, **more: str) -> str:
    extra = "".join(f', {name} = "{value}"' for name, value in more.items() if name != "edits")
    edits = f", edits = {more['edits']}" if "edits" in more else ""
    return f'by = "{by}", ago = "{ago}", truth = "noise chatter", text = "{text}"{extra}{edits}'


GONE = {"deleted": "1d"}
SCENARIO = {
    "x": [row("warga_a", "3d", VANISHING, **GONE), row("warga_b", "3d1m", STAYING)],
    "reddit": [
        row("warga_a", "3d", VANISHING, sub="indonesia", title=f"Jalan rusak {CANARY}", **GONE),
        row("warga_b", "3d1m", STAYING, sub="indonesia", title="Lampu"),
    ],
    "youtube": [
        row("KabarJateng.Uji", "3d", VANISHING, title=f"Jalan rusak {CANARY}", **GONE),
        row("KabarJateng.Uji", "3d1m", STAYING, title="Lampu", key="yt"),
        row("penonton", "2d23h", f"jalan rusak juga {CANARY} di sini", reply_to="yt", **GONE),
    ],
    "facebook": [
        row("InfoBatangUji", "3d1m", STAYING, key="fb"),
        row("Warga", "3d", VANISHING, reply_to="fb", **GONE),
    ],
    "instagram": [
        row("InspektoratUji", "3d1m", "kantor kami", key="ig"),
        row("warga.a", "3d", VANISHING, reply_to="ig", **GONE),
        row("warga.b", "3d", STAYING, reply_to="ig"),
    ],
}


@pytest.fixture
def write_scenario(tmp_path: Path) -> Callable[[dict[str, list[str]]], Path]:
    def write(scenario: dict[str, list[str]]) -> Path:
        folder = tmp_path / "scenarios"
        (folder / "kenari").mkdir(parents=True)
        for platform, lines in scenario.items():
            (folder / "kenari" / f"{platform}.toml").write_text(rows(*lines, platform=platform))
        return folder

    return write


@pytest.fixture
def build(tmp_path: Path, write_scenario: Any) -> Iterator[Callable[..., tuple[House, StandIns]]]:
    """Return a house at a home of its own, two days before the scenario's end."""
    opened: list[Any] = []

    def make(scenario: dict[str, list[str]], **options: Any) -> tuple[House, StandIns]:
        standins = StandIns(end=END, scenario="kenari", folder=write_scenario(scenario), **options)
        standins.start()
        standins.clock.set(END - timedelta(days=2))
        (tmp_path / "home").mkdir()
        deployment = Deployment(tmp_path / "home", standins)
        deployment.catalog.close()
        house = House(deployment.settings, clock=standins.clock.now)
        opened.extend((standins.stop, house.close))
        return house, standins

    yield make
    for close in reversed(opened):
        close()


def stored(house: House, source: str) -> list[Post]:
    import msgspec

    stream = house.archive.stream(f"posts/{source}")
    records = [json.loads(record) for segment in stream.segments() for record in stream.read(segment)]
    return [msgspec.convert(record, Post) for record in records if record["type"] == "post"]


def run_chain(house: House, *sources: str) -> None:
    for source in sources:
        assert pipeline.collect_with(house, source).outcome == "ok"
    pipeline.enrich_with(house)
    pipeline.publish_with(house)


def test_a_canary_deleted_upstream_is_in_no_byte_and_does_not_come_back(
    build: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house, standins = build(SCENARIO)
    run_chain(house, *SOURCES)
    home = tmp_path / "home"
    old = {source: stored(house, source) for source in SOURCES}
    doomed = {source: [post.id for post in old[source] if CANARY in f"{post.title} {post.text}"] for source in SOURCES}
    assert {source: len(ids) for source, ids in doomed.items()} == {**dict.fromkeys(SOURCES, 1), "youtube": 2}
    for source, ids in doomed.items():
        id, native = ids[0], ids[0].partition(":")[2]
        letters = [
            DeadLetter(id=f"enrich:{source}", stage="enrich", reason="uji", detail=CANARY, at=END, where=id),
            DeadLetter(
                id=f"{source}:uji", stage="parse", reason="uji", detail="", at=END,
                payload=json.dumps({"id": native[2:] if native[1] == ":" else native, "text": CANARY}),
            ),
        ]  # fmt: skip
        house.intake.bury(letters)
        export = home / "exports" / f"{source}.csv"
        export.parent.mkdir(exist_ok=True)
        export.write_text(f"id,text\n{id},{CANARY}\n")
        aside = home / "archive" / "quarantine" / "posts" / source / "000000009-abc.jsonl.zst"
        aside.parent.mkdir(parents=True)
        aside.write_bytes(zstandard.ZstdCompressor().compress(CANARY.encode()))
    (home / "exports" / "lain.csv").write_text("id,text\nx:999,lain\n")
    assert len(holding(home, CANARY)) > 20
    caplog.clear()

    standins.clock.set(END + timedelta(hours=12))
    for source in refreshable(house):
        summary = refresh_with(house, source)
        assert (summary.outcome, summary.deleted) == ("ok", len(doomed[source])), (source, summary)
        assert summary.unchanged > 0
        assert summary.revised == summary.unanswered == 0
    house.close()
    assert holding(home, CANARY) == []
    assert CANARY not in caplog.text
    assert [path.name for path in (home / "exports").iterdir()] == ["lain.csv"]

    house = House(house.settings, clock=standins.clock.now)
    for source, posts in old.items():
        assert house.intake.store(source, posts).refused == len(doomed[source]), "old batches are replayed"
    standins.clock.set(END - timedelta(days=2))  # a platform that shows deleted posts again
    for source in SOURCES:
        result = pipeline.collect_with(house, source)
        assert (result.new, result.revised) == (0, 0)
    standins.clock.set(END)
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    assert not {id for ids in doomed.values() for id in ids} & set(house.engine.ids())
    balance = balance_posts(house)
    check_balance(balance)
    assert balance.deleted == 6
    house.close()
    assert holding(home, CANARY) == []


def test_a_second_run_has_nothing_to_ask_before_the_next_deadline(build: Any) -> None:
    house, standins = build(SCENARIO)
    for source in SOURCES:
        pipeline.collect_with(house, source)
    assert all(refresh_with(house, source).due == 0 for source in SOURCES), "what was just collected is fresh"
    standins.clock.advance(timedelta(hours=19))
    first = {source: refresh_with(house, source).due for source in SOURCES}
    assert first["x"] == first["reddit"] == 2
    standins.log.clear()
    assert all(refresh_with(house, source).due == 0 for source in SOURCES)
    assert len(standins.log) == 0
    standins.clock.advance(timedelta(hours=19))
    assert {source: refresh_with(house, source).due for source in SOURCES} == first


@pytest.mark.parametrize("spelling", ["tweet", "post"])
def test_an_edit_on_x_that_no_search_shows_becomes_a_revision(build: Any, spelling: str) -> None:
    edits = f'[{{ ago = "2d", text = "{STAYING} ralat rt 5" }}]'
    texts = [row("warga_a", "2d5m", STAYING, edits=edits), row("warga_b", "2d6m", f"{STAYING} juga")]
    house, standins = build({"x": texts}, x_spelling=spelling)
    standins.clock.set(END - timedelta(days=2, minutes=1))
    pipeline.collect_with(house, "x")
    standins.clock.set(END)
    summary = refresh_with(house, "x")
    assert (summary.outcome, summary.revised, summary.unchanged, summary.deleted) == ("ok", 1, 1, 0)
    versions = [post.text for post in stored(house, "x") if post.text.endswith(("sekali tolong diperbaiki", "rt 5"))]
    assert versions == [STAYING, f"{STAYING} ralat rt 5"], (
        "the version that was replaced does not come after the newest"
    )
    standins.clock.advance(timedelta(days=1))
    assert refresh_with(house, "x").revised == 0


@pytest.mark.parametrize("spelling", ["tweet", "post"])
def test_x_is_asked_in_the_spelling_that_it_takes(build: Any, spelling: str) -> None:
    house, standins = build(SCENARIO, x_spelling=spelling)
    standins.x.strict = True
    assert pipeline.collect_with(house, "x").new == 2
    standins.clock.set(END)
    assert refresh_with(house, "x").deleted == 1
    asked = [name for one in standins.log for name in one.query if name in {"tweet.fields", "post.fields"}]
    wrong = [name for name in asked if name != f"{spelling}.fields"]
    assert len(wrong) == (2 if spelling == "post" else 0), "the other spelling is found once for each client"


def many_on_x(count: int, **more: str) -> dict[str, list[str]]:
    return {"x": [row(f"warga_{n}", f"3d{n}m", f"jalan rusak nomor {n} di subah", **more) for n in range(count)]}


def test_a_limit_is_kept_and_the_next_runs_go_on_where_it_ended(build: Any) -> None:
    house, standins = build(many_on_x(7))
    pipeline.collect_with(house, "x")
    standins.clock.set(END)
    runs = [refresh_with(house, "x", limit=3) for _ in range(4)]
    assert [run.due for run in runs] == [3, 3, 1, 0]
    assert [run.overdue for run in runs] == [4, 1, 0, 0], "what the limit leaves over is told"
    asked = [id for one in standins.log.to("/2/tweets") if "ids" in one.query for id in one.query["ids"].split(",")]
    assert len(asked) == len(set(asked)) == 7


def test_most_posts_gone_at_once_is_not_believed_unless_told(build: Any) -> None:
    house, standins = build(many_on_x(30, deleted="1d"))
    pipeline.collect_with(house, "x")
    standins.clock.set(END)
    summary = refresh_with(house, "x")
    assert (summary.outcome, summary.deleted, len(stored(house, "x"))) == ("stopped", 0, 30)
    assert "--believe" in summary.message
    assert refresh_with(house, "x", believe=True).deleted == 30
    assert stored(house, "x") == []


def test_what_was_learnt_before_a_refusal_is_carried_out(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from collectors.x import client

    monkeypatch.setattr(client, "LOOKED_UP_AT_ONCE", 2)
    house, standins = build({"x": [*SCENARIO["x"], *many_on_x(4)["x"]]})
    pipeline.collect_with(house, "x")
    standins.clock.set(END)
    seen = 0
    take = standins.faults.take

    def refuse_the_third(path: str) -> Fault | None:
        nonlocal seen
        seen += path == "/2/tweets"
        refusal = Fault(kind="status", status=429, headers={"retry-after": "600"})
        return refusal if path == "/2/tweets" and seen == 3 else take(path)

    monkeypatch.setattr(standins.faults, "take", refuse_the_third)
    first = refresh_with(house, "x")
    assert (first.outcome, first.until) == ("retry", END + timedelta(seconds=600))
    assert first.unanswered == 2
    second = refresh_with(house, "x")
    assert (second.outcome, second.due) == ("ok", 2)
    assert first.deleted + second.deleted == 1


def test_an_answer_about_other_posts_changes_nothing(build: Any) -> None:
    house, standins = build(SCENARIO)
    pipeline.collect_with(house, "x")
    before = stored(house, "x")
    standins.clock.set(END - timedelta(days=1, hours=2))
    problem = "https://api.twitter.com/2/problems/resource-not-found"
    body = {
        "data": [{"id": "1700000000000000000", "text": f"asing {CANARY}", "created_at": "2026-11-18T00:00:00Z"}],
        "errors": [{"resource_id": "1800000000000000000", "type": problem}, {"type": 7}, 3],
    }
    standins.faults.add("/2/tweets", Fault(kind="status", status=200, body=json.dumps(body).encode()), times=1)
    summary = refresh_with(house, "x")
    assert (summary.deleted, summary.revised, summary.unanswered) == (0, 0, 2)
    assert stored(house, "x") == before
    assert refresh_with(house, "x").unchanged == 2, "what had no answer is asked again at once"


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html>", b'{"data": 7}', b'{"meta": {}}', b'{"errors": {"a": 1}}'])
@pytest.mark.parametrize("source", SOURCES)
def test_no_broken_answer_destroys_anything(build: Any, source: str, body: bytes) -> None:
    house, standins = build(SCENARIO)
    pipeline.collect_with(house, source)
    before = stored(house, source)
    standins.clock.advance(timedelta(hours=20) if source != "youtube" else timedelta(days=23))
    standins.faults.add("/", Fault(kind="status", status=200, body=body), times=None)
    if source == "reddit":
        standins.faults.clear()
        standins.faults.add("/api/info", Fault(kind="status", status=200, body=body), times=None)
    summary = refresh_with(house, source)
    assert (summary.deleted, summary.revised) == (0, 0), summary
    assert stored(house, source) == before


def test_without_clearance_nothing_is_asked_and_what_is_too_old_still_goes(build: Any) -> None:
    house, standins = build(SCENARIO)
    for source in SOURCES:
        pipeline.collect_with(house, source)
    house.settings.clearance_path.unlink()
    standins.log.clear()
    standins.clock.advance(timedelta(days=31))
    summaries = {source: refresh_with(house, source) for source in SOURCES}
    assert len(standins.log) == 0
    assert {source: one.outcome for source, one in summaries.items()} == dict.fromkeys(SOURCES, "stopped")
    assert "no clearance" in summaries["x"].message
    assert summaries["youtube"].purged == 3, "kept for 30 days and not refreshed"
    assert stored(house, "youtube") == []
    assert summaries["x"].purged == 2, "after ten working days without access nothing of X is kept"
    assert summaries["reddit"].purged == 2
    assert all(stored(house, source) == [] for source in SOURCES)


def test_a_short_outage_purges_nothing(build: Any) -> None:
    house, standins = build(SCENARIO)
    pipeline.collect_with(house, "x")
    house.settings.clearance_path.unlink()
    standins.clock.advance(timedelta(days=12, hours=23))
    summary = refresh_with(house, "x")
    assert (summary.outcome, summary.purged, summary.overdue) == ("stopped", 0, 2)
    standins.clock.advance(timedelta(hours=2))
    assert refresh_with(house, "x").purged == 2


def test_a_retention_ends_with_a_purge(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    from collectors.registry import find_source
    from sidak.app import refresh

    house, standins = build(SCENARIO)
    pipeline.collect_with(house, "x")
    found = find_source("x")
    short = msgspec.structs.replace(found, terms=msgspec.structs.replace(found.terms, retention_days=3))
    monkeypatch.setattr(refresh, "find_source", lambda _: short)
    standins.clock.advance(timedelta(days=2, hours=23))
    assert refresh_with(house, "x").purged == 0
    standins.clock.advance(timedelta(hours=2))
    assert refresh_with(house, "x").purged == 1, "the other one was deleted upstream before"
    assert stored(house, "x") == []


def test_a_deletion_that_was_broken_off_is_taken_up_by_the_next_run(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, standins = build(SCENARIO)
    run_chain(house, "x")
    standins.clock.set(END)

    def down(_: Any) -> int:
        raise RetryError("the index is down")

    with monkeypatch.context() as patch:
        patch.setattr(house.engine, "delete", down)
        assert refresh_with(house, "x").outcome == "retry"
    assert house.catalog.half_erased("x")
    refresh_with(house, "x")
    assert house.catalog.half_erased("x") == []
    assert not any(CANARY in post.text for post in stored(house, "x"))
    assert len(list(house.engine.ids())) <= 1


def test_a_purged_source_leaves_nothing_but_tombstones_and_a_certificate(build: Any, tmp_path: Path) -> None:
    house, standins = build(SCENARIO)
    run_chain(house, "x", "reddit")
    others = {id for id in house.engine.ids() if id.startswith("reddit:")}
    documents = len(set(house.engine.ids()) - others)
    house.intake.bury(
        [DeadLetter(id="x:tanpa-nomor", stage="parse", reason="bad_id", detail="", at=END, payload=CANARY)]
    )
    certificate = purge_source(house, "x")
    counts = certificate.counts
    assert (counts.ids, counts.tombstones, counts.post_revisions, counts.reports) == (2, 2, 2, 2)
    assert (counts.documents, counts.dead_letters, certificate.left) == (documents, 1, 0)
    assert set(house.engine.ids()) == others
    assert len(stored(house, "reddit")) == 2
    check_balance(balance_posts(house))
    again = purge_source(house, "x")
    assert (again.counts.post_revisions, again.counts.tombstones, again.left) == (0, 0, 0)
    standins.clock.advance(timedelta(hours=1))
    result = pipeline.collect_with(house, "x")
    assert (result.new, result.refused) == (0, result.fetched), "nothing of it comes in again"
    assert result.fetched > 0
    assert house.journal.runs(stage="purge", source="x")
    with pytest.raises(UsageError, match="there is no source"):
        purge_source(house, "nitter")


def test_forgetting_reaches_only_the_letters_and_exports_of_that_post(build: Any, tmp_path: Path) -> None:
    house, _ = build(SCENARIO)
    pipeline.collect_with(house, "x")
    victim, other = (post for post in stored(house, "x"))
    natives = (victim.native_id, other.native_id)
    house.intake.bury(
        [
            DeadLetter(id=f"x:{n}", stage="parse", reason="uji", detail="", at=END, payload=json.dumps({"id": native}))
            for n, native in enumerate(natives)
        ]
    )
    exports = tmp_path / "home" / "exports"
    exports.mkdir()
    (exports / "satu.csv").write_text(f"id\n{victim.id}\n")
    (exports / "dua.csv").write_text(f"id\n{other.id}\n{victim.id}9\n")
    (exports / "tiga.xlsx").write_bytes(b"PK")
    certificate = forget(house, [victim.id])
    assert (certificate.post_revisions, certificate.dead_letters, certificate.exports) == (1, 1, 2)
    assert [path.name for path in exports.iterdir()] == ["dua.csv"]
    assert datetime(2026, 11, 20, 3, tzinfo=UTC) == END
