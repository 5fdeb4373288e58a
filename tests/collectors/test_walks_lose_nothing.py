"""The clients' walks against simulated platforms: random pages, lags, failures and crashes lose and double nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from collectors.facebook import client as facebook_client
from collectors.facebook import parse as facebook_parse
from collectors.instagram import client as instagram_client
from collectors.instagram import parse as instagram_parse
from collectors.protocol import Query, Window
from collectors.reddit import client as reddit_client
from collectors.reddit import parse as reddit_parse
from collectors.reddit.session import Budget
from collectors.walk import Walk, read_walk
from collectors.x import client as x_client
from collectors.x import parse as x_parse
from collectors.youtube import client as youtube_client
from collectors.youtube import parse as youtube_parse
from tests.support import simulated_feeds as feeds

from .walks import Archive, Walked, run_once

X_QUERY = Query(id="x:search:uji", source="x", lane="overheard", text="jalan rusak")
REDDIT_QUERY = Query(id="reddit:listing:uji", source="reddit", lane="overheard", text="r/uji/new")
YOUTUBE_QUERY = Query(id="youtube:comments:uji", source="youtube", lane="overheard", text="UCuji")
FACEBOOK_QUERY = Query(id="facebook:feed:uji", source="facebook", lane="addressed", text="9/feed")
INSTAGRAM_QUERY = Query(id="instagram:comments:uji", source="instagram", lane="addressed", text="9")


def build_x(feed: Any) -> Any:
    return x_client.XClient(
        feeds.FeedOfX(feed), offices=frozenset(), clock=lambda: feed.now, sleep=lambda _: None, rng=feed.rng
    )


def build_reddit(feed: Any, *, vanishing: float = 0.0) -> Any:
    clock = lambda: feed.now  # noqa: E731
    return reddit_client.RedditClient(
        lambda: feeds.FeedOfReddit(feed, vanishing=vanishing),
        budget=Budget(clock),
        clock=clock,
        sleep=lambda _: None,
        rng=feed.rng,
    )


def build_youtube(feed: Any) -> Any:
    return youtube_client.YoutubeClient(
        feeds.FeedOfYoutube(feed), budget=feeds.NoBudget(), clock=lambda: feed.now, sleep=lambda _: None, rng=feed.rng
    )


def build_facebook(feed: Any) -> Any:
    graph: Any = feeds.FeedOfGraph(feed, words="message", time="created_time")
    return facebook_client.FacebookClient(graph, clock=lambda: feed.now)


def build_instagram(feed: Any) -> Any:
    graph: Any = feeds.FeedOfGraph(feed, words="text", time="timestamp")
    budget: Any = feeds.NoBudget()
    return instagram_client.InstagramClient(graph, user="9", budget=budget, clock=lambda: feed.now)


SEEDS = st.integers(0, 2**32)
SIZES = st.integers(2, 40)
PHASES = (Phase.explicit, Phase.generate)
"""A seed is as small as it gets: shrinking would only take long."""


X = Walked(build_x, X_QUERY, x_parse.parse_page, lambda post, _: str(post))
REDDIT = Walked(build_reddit, REDDIT_QUERY, reddit_parse.parse_page, lambda post, _: feeds.name_of(post))
YOUTUBE = Walked(build_youtube, YOUTUBE_QUERY, youtube_parse.parse_page, lambda post, _: feeds.comment_name_of(post))
GRAPH = (
    Walked(build_facebook, FACEBOOK_QUERY, facebook_parse.parse_page, lambda post, _: f"c:{post}"),
    Walked(build_instagram, INSTAGRAM_QUERY, instagram_parse.parse_page, lambda post, _: f"c:{post}"),
)


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(seed=SEEDS, page_size=SIZES, lag=st.floats(0, 59), crashing=st.floats(0, 0.4))
@example(seed=1, page_size=2, lag=59.0, crashing=0.3)
def test_x_misses_and_doubles_nothing(seed: int, page_size: int, lag: float, crashing: float) -> None:
    X.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(seed=SEEDS, page_size=st.integers(5, 100), lag=st.floats(0, 590), crashing=st.floats(0, 0.2))
def test_reddit_misses_and_doubles_nothing(seed: int, page_size: int, lag: float, crashing: float) -> None:
    REDDIT.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(seed=SEEDS, page_size=st.integers(10, 100), lag=st.floats(0, 3000), crashing=st.floats(0, 0.2))
def test_youtube_misses_and_doubles_nothing(seed: int, page_size: int, lag: float, crashing: float) -> None:
    YOUTUBE.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(seed=SEEDS, page_size=st.integers(30, 100), lag=st.floats(0, 3000), crashing=st.floats(0, 0.2))
def test_comments_through_graph_are_not_missed_and_not_doubled(
    seed: int, page_size: int, lag: float, crashing: float
) -> None:
    for walked in GRAPH:
        walked.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


def test_the_overlap_is_what_saves_late_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x_client, "OVERLAP", timedelta(0))
    assert X.count_missing(runs=20, page_size=10, lag=59) > 0


def test_a_long_silence_falls_back_to_seven_days_and_tells_the_gap() -> None:
    rng = random.Random(3)
    feed = feeds.Feed(rng, page_size=10, lag_seconds=0, failing=0.0)
    feed.pass_time(600, rate=0.05)
    archive = Archive()
    client = build_x(feed)
    assert run_once(client, X_QUERY, x_parse.parse_page, archive, rng, crashing=0.0)
    feed.pass_time(20 * 86400, rate=0.0005)
    pages = list(client.fetch(X_QUERY, window=Window(), cursor=archive.cursors[X_QUERY.id]))
    gaps = [warning for page in pages for warning in page.warnings]
    assert len(gaps) == 1
    assert gaps[0].startswith("gap: x:search:uji: nothing can be asked between 2026-11-01")


def test_a_quiet_query_tells_no_gap() -> None:
    feed = feeds.Feed(random.Random(3), page_size=10, lag_seconds=0, failing=0.0)
    feed.posts.append((1 << 60, feeds.START, feeds.START))
    client = build_x(feed)
    cursor: object = None
    for _ in range(20):
        feed.now += timedelta(days=1)
        pages = list(client.fetch(X_QUERY, window=Window(), cursor=cursor))
        cursor = pages[-1].cursor
        assert not any(page.warnings for page in pages)


def test_the_thousand_item_end_is_told_as_a_gap() -> None:
    rng = random.Random(5)
    feed = feeds.Feed(rng, page_size=100, lag_seconds=0, failing=0.0)
    feed.pass_time(100, rate=0.5)
    client = build_reddit(feed)
    cursor = list(client.fetch(REDDIT_QUERY, window=Window(), cursor=None))[-1].cursor
    while len(feed.posts) < 1500:
        feed.pass_time(3600, rate=0.3)
    pages = list(client.fetch(REDDIT_QUERY, window=Window(), cursor=cursor))
    assert [w.split(" between")[0] for page in pages for w in page.warnings] == ["gap: r/uji/new: nothing can be asked"]
    assert sum(len(page.items) for page in pages) > 990


def test_a_vanished_anchor_does_not_end_the_walk() -> None:
    rng = random.Random(8)
    feed = feeds.Feed(rng, page_size=20, lag_seconds=0, failing=0.0)
    while len(feed.posts) < 200:
        feed.pass_time(600, rate=0.1)
    client = build_reddit(feed, vanishing=0.15)
    before = {feeds.name_of(id) for id, _, _ in feed.posts}
    pages = list(client.fetch(REDDIT_QUERY, window=Window(), cursor=None))
    assert before <= {item["data"]["name"] for page in pages for item in page.items}


@pytest.mark.parametrize("cursor", [None, 7, "x", {"mark": "a"}, [], {"unheard": 1}])
def test_a_foreign_cursor_starts_anew(cursor: object) -> None:
    assert read_walk(cursor) == Walk()


def test_a_window_moves_no_cursor() -> None:
    feed = feeds.Feed(random.Random(3), page_size=10, lag_seconds=0, failing=0.0)
    feed.pass_time(3600, rate=0.02)
    window = Window(since=feeds.START + timedelta(minutes=10), until=feeds.START + timedelta(minutes=40))
    wanted = {id for id, made, _ in feed.posts if window.since <= made < window.until}  # type: ignore[operator]
    for client, query, read in (
        (build_x(feed), X_QUERY, lambda item: int(item["id"])),
        (build_reddit(feed), REDDIT_QUERY, lambda item: item["data"]["name"]),
    ):
        pages = list(client.fetch(query, window=window, cursor={"mark": 1}))
        assert all(page.cursor is None for page in pages)
        names = {read(item) for page in pages for item in page.items}
        assert names == (wanted if query is X_QUERY else {feeds.name_of(id) for id in wanted})
