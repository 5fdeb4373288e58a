"""Asks Threads through Graph: search and mentions, newest first, by time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from collectors.budget import Budget
from collectors.fields import read_iso
from collectors.graph import Graph, build_graph
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.threads.plan import MENTIONS
from collectors.walk import Walk, advance, go_on, go_once, read_walk, write_walk
from sidak.clock import Clock

BASE_URL = "https://graph.threads.net"
VERSION = "v1.0"
PAGE_POSTS = 100
PAGES_A_RUN = 20
OVERLAP = timedelta(hours=1)
FIELDS = "id,text,media_type,permalink,timestamp,username,has_replies,is_quote_post,is_reply"


def build_client(
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
    budget: Budget,
) -> ThreadsClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    graph = build_graph(credentials, base_url=BASE_URL, version=VERSION, clock=clock, sleep=sleep, rng=rng)
    return ThreadsClient(graph, budget=budget, clock=clock)


class ThreadsClient:
    """Fetches pages newest first, and says with each how far the walk has come."""

    def __init__(self, graph: Graph, *, budget: Budget, clock: Clock) -> None:
        self._graph = graph
        self._budget = budget
        self._clock = clock

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        if window:
            walk = Walk(
                open=True,
                floor=int(window.since.timestamp()) if window.since else 0,
                ceiling=int(window.until.timestamp()) - 1 if window.until else 0,
                began_at=now.timestamp(),
            )
            yield from go_once(partial(self._walk, query), walk)
            return
        walk = read_walk(cursor)
        asked_lately = walk.covered_at and now.timestamp() - walk.covered_at < query.every_seconds
        if walk.open or not asked_lately:
            yield from go_on(partial(self._walk, query), walk, overlap=int(OVERLAP.total_seconds()), at=now)

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Look stored posts up, one after the other: Threads knows no look-up of many."""
        query = Query(id="threads:recheck", source="threads", lane="overheard", text="recheck")
        for id in ids:
            found, gone = self._graph.look_up([id], doing="Threads, recheck", fields=FIELDS)
            page = self._page(query, found, Walk(), warnings=())
            yield Checked(page=page, asked=(id,) if found or gone else (), gone=tuple(gone))

    def _walk(self, query: Query, walk: Walk) -> Iterator[tuple[RawPage, Walk]]:
        """Ask up to the oldest second seen, that second included, until nothing new comes."""
        seen: set[object] = set()
        for asked in range(1, PAGES_A_RUN + 1):
            items = self._ask(query, walk)
            names = {_name(item) for item in items} - seen
            seen |= names
            positions = self._positions(items)
            full = not names and len(items) >= PAGE_POSTS
            stuck = full and walk.ceiling > 0 and min(positions, default=0) >= walk.ceiling
            below = any(position < walk.floor for position in positions)
            walk = advance(walk, positions, more=(bool(names) or stuck) and not below)
            if stuck and walk.open:  # the rest of this second cannot be had, what lies below it can
                walk = msgspec.structs.replace(walk, ceiling=walk.ceiling - 1)
            warnings = _warn(query, walk, stuck=stuck, last=asked == PAGES_A_RUN)
            yield self._page(query, items, walk, warnings=warnings), walk
            if not walk.open:
                return

    def _positions(self, items: list[Any]) -> list[int]:
        """A moment ahead of ours is no mark: what came before it would be taken for seen."""
        now = self._clock()
        moments = (read_iso(item.get("timestamp")) for item in items if isinstance(item, dict))
        return [max(int(min(moment, now).timestamp()), 0) for moment in moments if moment is not None]

    def _ask(self, query: Query, walk: Walk) -> list[Any]:
        params: dict[str, Any] = {"fields": FIELDS, "limit": PAGE_POSTS}
        params |= {"since": walk.floor} if walk.floor > 0 else {}
        params |= {"until": walk.ceiling + 1} if walk.ceiling > 0 else {}
        doing = f"Threads, {query.id}"
        if query.id.startswith(f"threads:{MENTIONS}:"):
            return self._graph.edge(f"{query.text}/mentions", doing=doing, **params).items
        self._budget.spend("searches")
        mode = "TAG" if query.text.startswith("#") else "KEYWORD"
        params |= {"q": query.text.removeprefix("#"), "search_type": "RECENT", "search_mode": mode}
        return self._graph.edge("keyword_search", doing=doing, **params).items

    def _page(self, query: Query, items: list[Any], walk: Walk, *, warnings: tuple[str, ...]) -> RawPage:
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=write_walk(walk),
            where=query.text if query.text.startswith("#") or " " in query.text else query.id,
            warnings=warnings,
        )


def _name(item: object) -> object:
    """Return what tells a post apart; an odd one is new each time it is met in another form."""
    id = item.get("id") if isinstance(item, dict) else None
    return id if isinstance(id, str) else repr(item)[:500]


def _warn(query: Query, walk: Walk, *, stuck: bool, last: bool) -> tuple[str, ...]:
    if stuck:
        return (f"gap: {query.id}: more posts within one second than a page holds; the rest of it was not given",)
    if walk.open and last:
        return (f"gap: {query.id}: stopped after {PAGES_A_RUN} pages; the next pass goes on, a window must be shorter",)
    return ()
