"""A post deleted at the platform is learned of by the look-up and is destroyed everywhere; where nothing tells, age does."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from collectors.standins.faults import Fault
from collectors.standins.threads import build_error
from sidak.app import pipeline
from sidak.app.audit import balance_posts, check_balance
from sidak.app.house import House
from sidak.app.refresh import refresh_with, refreshable
from sidak.models import DeadLetter, Post
from tests.collectors.bytes_kept import holding

from .conftest import Channels

MARK = "KENARIDIHAPUS"
TEXT = "jalan rusak parah di Subah Batang, {} sudah tiga bulan banyak yang jatuh, tolong diperbaiki #LaporBatang"
AGO = timedelta(minutes=1)
LOOKED_UP = ["bluesky", "mastodon", "threads"]


def run_chain(channels: Channels, source: str) -> None:
    assert pipeline.collect_with(channels.house, source).outcome == "ok"
    pipeline.enrich_with(channels.house)
    pipeline.publish_with(channels.house)


def stored(channels: Channels, source: str) -> list[Post]:
    return [msgspec.convert(post, Post) for post in channels.posts(source) if post["type"] == "post"]


@pytest.mark.parametrize("source", LOOKED_UP)
def test_what_is_deleted_there_is_found_in_no_byte_here(
    channels: Channels, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    platform: Any = getattr(channels.standins, source)
    gone = platform.add(TEXT.format(MARK), by="pelapor")
    for number in range(5):
        platform.add(TEXT.format(number), by=f"warga{number}")
    run_chain(channels, source)
    old = stored(channels, source)
    doomed = next(post for post in old if MARK in post.text)
    letter = DeadLetter(
        id=f"enrich:{source}", stage="enrich", reason="uji", detail=MARK, at=doomed.collected_at, where=doomed.id
    )
    channels.house.intake.bury([letter])
    exports = channels.home / "exports"
    exports.mkdir()
    (exports / "satu.csv").write_text(f"id,text\n{doomed.id},{MARK}\n")
    assert len(holding(channels.home, MARK)) >= 4, "archive, reports, index, dead letter, export"
    caplog.clear()
    platform.delete(gone)
    channels.standins.clock.advance(timedelta(hours=23))
    summary = refresh_with(channels.house, source)
    assert (summary.outcome, summary.due, summary.deleted, summary.overdue) == ("ok", 6, 1, 0), summary
    channels.house.close()
    assert holding(channels.home, MARK) == []
    assert MARK not in caplog.text
    assert "pelapor" not in channels.told()

    channels.house = House(channels.settings, clock=channels.standins.clock.now)
    assert channels.house.intake.store(source, old).refused == 1, "an old batch is replayed"
    platform.add(TEXT.format("lagi"), by="warga9")
    run_chain(channels, source)
    assert doomed.id not in set(channels.house.engine.ids())
    check_balance(balance_posts(channels.house))
    channels.house.close()
    assert holding(channels.home, MARK) == []


def test_an_edit_on_threads_becomes_a_revision(channels: Channels) -> None:
    id = channels.standins.threads.add("jalan rusak di Subah")
    channels.collect("threads")
    channels.standins.threads.edit(id, "jalan rusak di Subah (sudah diperbaiki)")
    channels.standins.clock.advance(timedelta(hours=19))
    assert refresh_with(channels.house, "threads").revised == 1
    assert stored(channels, "threads")[-1].text.endswith("(sudah diperbaiki)")


def test_what_threads_does_not_answer_for_goes_by_its_age(channels: Channels) -> None:
    channels.standins.threads.add(TEXT.format(MARK))
    channels.collect("threads")
    refusal = Fault(kind="status", status=400, body=build_error(400, 100, "no").body)
    channels.standins.faults.add("/v1.0/18", refusal, times=None)
    channels.standins.clock.advance(timedelta(days=6, hours=23))
    early = refresh_with(channels.house, "threads")
    assert (early.outcome, early.due, early.unanswered, early.purged) == ("ok", 1, 1, 0)
    channels.standins.clock.advance(timedelta(hours=2))
    assert refresh_with(channels.house, "threads").purged == 1
    channels.house.close()
    assert holding(channels.home, MARK) == []


def test_posts_without_an_answer_do_not_keep_others_from_being_looked_up(channels: Channels) -> None:
    ids = [channels.standins.threads.add(TEXT.format(number), ago=AGO) for number in range(3)]
    channels.collect("threads")
    refusal = Fault(kind="status", status=400, body=build_error(400, 100, "no").body)
    for id in ids[1:]:  # the page comes newest first: the last two are asked for before the first
        channels.standins.faults.add(f"/v1.0/{id}", refusal, times=None)
    channels.standins.clock.advance(timedelta(hours=19))
    runs = [refresh_with(channels.house, "threads", limit=2) for _ in range(3)]
    assert sum(run.unchanged for run in runs) == 1, "the one that can be answered for was reached"


def test_what_a_run_did_not_reach_has_a_day_more(channels: Channels) -> None:
    for number in range(4):
        channels.standins.bluesky.add(TEXT.format(number), by=f"warga{number}", ago=AGO)
    channels.collect("bluesky")
    channels.standins.clock.advance(timedelta(days=30, hours=1))
    first = refresh_with(channels.house, "bluesky", limit=2)
    assert (first.unchanged, first.purged, first.overdue) == (2, 0, 2), "after a month without power"
    channels.standins.clock.advance(timedelta(hours=1))
    second = refresh_with(channels.house, "bluesky", limit=3)
    assert (second.unchanged, second.purged, second.overdue) == (2, 0, 0)


def test_a_lost_cache_purges_nothing_that_was_looked_at(channels: Channels) -> None:
    """The notes of what was checked are in a cache that people are told to delete."""
    channels.standins.bluesky.add(TEXT.format("satu"), ago=AGO)
    channels.collect("bluesky")
    for _ in range(32):
        channels.standins.clock.advance(timedelta(days=1))
        assert refresh_with(channels.house, "bluesky").unchanged == 1
    channels.house.close()
    (channels.home / "cache" / "catalog.db").unlink()
    channels.house = House(channels.settings, clock=channels.standins.clock.now)
    (channels.home / "clearance.toml").unlink()
    assert refresh_with(channels.house, "bluesky").purged == 0
    channels.standins.clock.advance(timedelta(days=30))
    assert refresh_with(channels.house, "bluesky").purged == 1


def test_what_no_sign_tells_of_ends_by_its_age(channels: Channels) -> None:
    """Telegram and a feed say nothing of deletions: what they gave is kept for the days of their terms."""
    bot = channels.standins.telegram
    bot.add("message", bot.write(TEXT.format(MARK)))
    channels.standins.news.add(f"Jalan rusak {MARK}", "Warga mengeluh soal jalan rusak. " * 20)
    for source in ("telegram", "news"):
        assert channels.collect(source).new == 1
    assert set(refreshable(channels.house)) == {"telegram", "news"}
    channels.standins.clock.advance(timedelta(days=364))
    assert [refresh_with(channels.house, source).purged for source in ("news", "telegram")] == [0, 0]
    channels.standins.clock.advance(timedelta(days=2))
    assert [refresh_with(channels.house, source).purged for source in ("news", "telegram")] == [1, 0]
    channels.standins.clock.advance(timedelta(days=365))
    assert refresh_with(channels.house, "telegram").purged == 1
    channels.house.close()
    assert holding(channels.home, MARK) == []


def test_a_look_up_without_clearance_makes_no_request(channels: Channels) -> None:
    channels.standins.bluesky.add("banjir")
    channels.collect("bluesky")
    (channels.home / "clearance.toml").unlink()
    channels.standins.clock.advance(timedelta(hours=23))
    asked = len(channels.standins.log)
    assert refresh_with(channels.house, "bluesky").outcome == "stopped"
    assert len(channels.standins.log) == asked
