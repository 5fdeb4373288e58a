"""Threads: walks by time, the day's budget, mentions, Meta's way to refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collectors.graph import Listing
from collectors.protocol import Query, Window
from collectors.standins.faults import Fault
from collectors.standins.threads import build_error
from collectors.threads import client as threads_client
from collectors.threads.parse import parse_page
from collectors.threads.plan import build_queries
from collectors.transport import WireError
from collectors.watchlist import Watchlist
from sidak.errors import RetryError
from tests.collectors.walks import Walked
from tests.support import simulated_feeds as feeds

from .conftest import Channels

QUERY = Query(id="threads:search:uji", source="threads", lane="overheard", text="jalan rusak")


def test_all_posts_once(channels: Channels) -> None:
    for number in range(330):
        channels.standins.threads.add(f"jalan rusak {number}", ago=timedelta(seconds=number // 3))
    result = channels.collect("threads")
    assert (result.outcome, result.new) == ("ok", 330)
    assert not result.warnings
    assert not result.unknown_fields


def test_more_in_one_second_than_a_page_is_told(channels: Channels) -> None:
    for number in range(130):
        channels.standins.threads.add(f"jalan rusak {number}")
    for minutes in range(1, 6):
        channels.standins.threads.add("jalan rusak lama", ago=timedelta(minutes=minutes))
    result = channels.collect("threads")
    assert result.new == 105
    assert [warning for warning in result.warnings if "within one second" in warning]


def test_tags_and_mentions(channels: Channels) -> None:
    channels.standins.threads.add("ada lubang #LaporBatang")
    channels.standins.threads.add("tolong @inspektoratuji")
    channels.standins.threads.add("tidak ada apa-apa")
    assert channels.collect("threads").new == 2
    assert sorted(post["lane"] for post in channels.posts("threads")) == ["addressed", "overheard"]
    assert channels.posts("threads")[0]["url"].startswith("https://www.threads.com/t/C")
    assert "warga1" not in channels.told()


def test_questions_are_spaced_so_that_the_budget_lasts(channels: Channels) -> None:
    watch = Watchlist(issues=tuple(f"perkara {n}" for n in range(40)))
    every = build_queries(watch, lane="overheard", credentials={})[0].every_seconds
    assert 40 * 2 * 86_400 / every <= 2000
    channels.collect("threads")
    asked = channels.standins.threads.searches
    assert channels.collect("threads").outcome == "ok"
    assert channels.standins.threads.searches == asked, "asked again too soon"
    channels.standins.clock.advance(timedelta(hours=1))
    channels.collect("threads")
    assert channels.standins.threads.searches > asked


def test_a_used_up_budget_makes_no_request(channels: Channels) -> None:
    from collectors.budget import Budget
    from collectors.registry import find_source

    terms = find_source("threads").terms.budgets
    Budget(channels.home / "budget.db", "threads", terms, clock=channels.standins.clock.now).spend("searches", 2200)
    result = channels.collect("threads")
    assert result.outcome == "retry"
    assert channels.standins.threads.searches == 0
    assert channels.standins.log.to("/v1.0/17841400000000001/mentions"), "the other lane goes on"


@pytest.mark.parametrize(
    ("code", "status", "outcome"), [(4, 403, "retry"), (190, 401, "stopped"), (10, 400, "stopped"), (2, 500, "retry")]
)
def test_metas_way_to_refuse(channels: Channels, code: int, status: int, outcome: str) -> None:
    body = build_error(status, code, "Nama Orang").body
    channels.standins.faults.add("/v1.0", Fault(kind="status", status=status, body=body), times=None)
    result = channels.collect("threads")
    assert result.outcome == outcome
    assert "Nama Orang" not in result.message


def test_a_window_asks_that_stretch_and_leaves_the_cursor(channels: Channels) -> None:
    for hours in range(10):
        channels.standins.threads.add(f"banjir {hours}", ago=timedelta(hours=hours))
    now = channels.standins.clock.now()
    window = Window(since=now - timedelta(hours=5), until=now - timedelta(hours=2))
    assert channels.collect("threads", window=window).new == 3
    assert channels.collect("threads").new == 7


class FeedOfThreads:
    """Stands where Graph stands."""

    def __init__(self, feed: feeds.Feed) -> None:
        self.feed = feed

    def edge(self, _: str, *, doing: str, **asked: Any) -> Listing:
        try:
            self.feed.stumble()
        except WireError as exc:
            raise RetryError(doing) from exc
        low, high = asked.get("since", 0), asked.get("until", 1 << 40)
        found = [(id, made) for id, made in self.feed.visible() if low <= int(made.timestamp()) < high]
        items = [
            {"id": str(id), "text": "x", "timestamp": made.replace(microsecond=0).isoformat()}
            for id, made in found[: self.feed.page_size]
        ]
        return Listing(items=items, after=None)


def build(feed: feeds.Feed) -> threads_client.ThreadsClient:
    return threads_client.ThreadsClient(FeedOfThreads(feed), budget=feeds.NoBudget(), clock=lambda: feed.now)  # type: ignore[arg-type]


WALKED = Walked(build, QUERY, parse_page, lambda post, _: str(post))


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(seed=st.integers(0, 2**32), page_size=st.integers(10, 40), lag=st.floats(0, 3500), crashing=st.floats(0, 0.3))
def test_walks_miss_and_double_nothing(seed: int, page_size: int, lag: float, crashing: float) -> None:
    WALKED.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


def test_the_overlap_is_what_saves_late_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_client, "OVERLAP", timedelta(0))
    assert WALKED.count_missing(runs=8, page_size=20, lag=3500) > 0
