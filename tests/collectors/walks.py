"""Passes over a simulated platform with crashes between commits: what becomes durable, and what is missed or doubled."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from collectors.protocol import ParseContext, Query, Window
from collectors.walk import read_walk
from sidak.errors import RetryError
from sidak.ids import Pseudonymizer
from tests.support import simulated_feeds as feeds

CONTEXT = ParseContext(pseudonymize=Pseudonymizer(b"k" * 16))


class Archive:
    """Posts and cursors that become durable together; `news` is what a reader of the archive is told."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.news: list[str] = []
        self.cursors: dict[str, Any] = {}

    def commit(self, ids: list[str], cursors: dict[str, Any]) -> None:
        self.news += [id for id in dict.fromkeys(ids) if id not in self.seen]
        self.seen |= set(ids)
        self.cursors |= cursors


def run_once(
    client: Any, query: Query, parse: Callable[..., Any], archive: Archive, rng: random.Random, *, crashing: float
) -> bool:
    """One pass with commits of a few pages; a crash forgets what was not committed. True where it went through."""
    ids: list[str] = []
    cursors: dict[str, Any] = {}
    pages = 0
    try:
        for page in client.fetch(query, window=Window(), cursor=archive.cursors.get(query.id)):
            if rng.random() < crashing:
                return False
            ids += [post.native_id for post in parse(page, CONTEXT).posts]
            if page.cursor is not None:
                cursors[page.cursor_key] = page.cursor
            pages += 1
            if pages % rng.randint(1, 3) == 0:
                archive.commit(ids, cursors)
                ids, cursors = [], {}
    except RetryError:
        archive.commit(ids, cursors)
        return False
    if rng.random() < crashing:
        return False
    archive.commit(ids, cursors)
    return True


class Walked(NamedTuple):
    """How one source is walked: its client over a simulated feed, its question, and what it calls a post."""

    build: Callable[[Any], Any]
    query: Query
    parse: Callable[..., Any]
    name: Callable[[int, datetime], str]

    def play(self, *, seed: int, page_size: int, lag: float, crashing: float) -> tuple[set[str], Archive]:
        """Many passes with time between them, then until one that began in the quiet is through."""
        rng = random.Random(seed)
        feed = feeds.Feed(rng, page_size=page_size, lag_seconds=lag)
        archive = Archive()
        client = self.build(feed)
        for _ in range(12):
            feed.pass_time(rng.choice([5, 60, 300, 1800]), rate=rng.choice([0.0, 0.01, 0.05]))
            run_once(client, self.query, self.parse, archive, rng, crashing=crashing)
        feed.failing = 0.0
        feed.now += timedelta(seconds=lag + 1)
        posted = {self.name(id, made) for id, made, _ in feed.posts}
        quiet = feed.now.timestamp()
        for _ in range(100):  # a long walk takes several passes
            run_once(client, self.query, self.parse, archive, rng, crashing=0.0)
            if read_walk(archive.cursors[self.query.id]).covered_at >= quiet:
                return posted, archive
        raise AssertionError("no walk that began in the quiet was ever closed")

    def check(self, *, seed: int, page_size: int, lag: float, crashing: float) -> None:
        """0 missing, 0 doubled, for what a reader of the archive is told as well."""
        posted, archive = self.play(seed=seed, page_size=page_size, lag=lag, crashing=crashing)
        assert posted - archive.seen == set()
        assert len(archive.news) == len(set(archive.news))

    def count_missing(self, *, runs: int, page_size: int, lag: float) -> int:
        """How many posts some walks miss; more than none where the overlap is taken away, so that `check` can fail."""
        played = (self.play(seed=seed, page_size=page_size, lag=lag, crashing=0.1) for seed in range(runs))
        return sum(len(posted - archive.seen) for posted, archive in played)
