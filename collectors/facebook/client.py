"""Asks Graph for the posts of Facebook pages and for the comments below them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from collectors.fields import read_iso
from collectors.graph import PAGE_ITEMS, Graph, build_graph, walk_pages
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.walk import Walk, advance, begin, read_walk, write_walk
from sidak.clock import Clock
from sidak.errors import QuarantineError

OVERLAP = timedelta(hours=1)
FIRST_REACH = timedelta(days=30)
POSTS_REACH = timedelta(days=14)
"""Posts no older than this are read again with each pass: their edits, and comments that come late."""
POST_PAGES, COMMENT_PAGES = 20, 50
CHECKED_AT_ONCE = 50
POST_FIELDS = (
    "id,message,created_time,updated_time,from,place,shares,"
    "comments.limit(0).summary(true),reactions.limit(0).summary(true)"
)
COMMENT_FIELDS = "id,message,created_time,permalink_url,from,parent{id},like_count,comment_count"


def build_client(
    *, credentials: Mapping[str, str], clock: Clock, sleep: Callable[[float], None], rng: random.Random
) -> FacebookClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    return FacebookClient(build_graph(credentials, clock=clock, sleep=sleep, rng=rng), clock=clock)


class FacebookClient:
    """Fetches a page's posts newest first, and what was said below them since the last walk."""

    def __init__(self, graph: Graph, *, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        incremental = not window
        walk, reach = self._begin(read_walk(cursor), window)
        seen: list[int] = []
        for page in self._pages(query, floor=walk.floor, reach=reach):
            seen += [min(_position(item), int(now.timestamp())) for item in page.items]
            yield msgspec.structs.replace(page, items=tuple(item for item in page.items if window.holds(_moment(item))))
        if incremental:
            closed = write_walk(advance(walk, seen, more=False))
            yield msgspec.structs.replace(self._page(query, (), edge="posts"), cursor=closed)

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Look stored posts (`p:…`) and comments (`c:…`) up."""
        query = Query(id="facebook:recheck", source="facebook", lane="overheard", text="recheck")
        for prefix, edge, fields in (("p:", "posts", POST_FIELDS), ("c:", "comments", COMMENT_FIELDS)):
            wanted = [id.removeprefix(prefix) for id in ids if id.startswith(prefix)]
            for start in range(0, len(wanted), CHECKED_AT_ONCE):
                batch = wanted[start : start + CHECKED_AT_ONCE]
                found, gone = self._graph.look_up(batch, doing="Facebook, recheck", fields=fields)
                yield Checked(
                    page=self._page(query, found, edge=edge),
                    asked=tuple(f"{prefix}{id}" for id in (*(item["id"] for item in found), *gone)),
                    gone=tuple(f"{prefix}{id}" for id in gone),
                )

    def _begin(self, before: Walk, window: Window) -> tuple[Walk, int]:
        """Return the walk, and how far back posts are read for what was said below them."""
        now = self._clock()
        if window:
            floor = int(window.since.timestamp()) if window.since else 0
            return Walk(open=True, floor=floor), floor
        walk = begin(before, overlap=int(OVERLAP.total_seconds()), at=now)
        if not before.mark:
            walk = msgspec.structs.replace(walk, floor=int((now - FIRST_REACH).timestamp()))
        return walk, min(walk.floor, int((now - POSTS_REACH).timestamp()))

    def _pages(self, query: Query, *, floor: int, reach: int) -> Iterator[RawPage]:
        """Yield pages of posts, and after each the comments below its posts."""
        doing = f"Facebook, {query.text}"
        since = reach or None
        for listing, stopped in walk_pages(
            lambda after: self._graph.edge(
                query.text, doing=doing, fields=POST_FIELDS, limit=PAGE_ITEMS, since=since, after=after
            ),
            at_most=POST_PAGES,
        ):
            yield self._page(query, listing.items, edge="posts", stopped=stopped)
            for post in listing.items:
                try:
                    yield from self._comments(query, post, floor=floor)
                except QuarantineError as exc:
                    if exc.reason != "gone":  # deleted since the page of posts was given
                        raise

    def _comments(self, query: Query, post: object, *, floor: int) -> Iterator[RawPage]:
        """Yield what was said below a post since `floor`; a post that nobody touched is not asked."""
        id = post.get("id") if isinstance(post, dict) else None
        if not isinstance(id, str) or not _may_have_news(post, floor=floor):
            return
        for listing, stopped in walk_pages(
            lambda after: self._graph.edge(
                f"{id}/comments", doing=f"Facebook, {query.text}", fields=COMMENT_FIELDS, filter="stream",
                order="reverse_chronological", limit=PAGE_ITEMS, after=after,
            ),
            at_most=COMMENT_PAGES,
        ):  # fmt: skip
            yield self._page(query, listing.items, edge="comments", thread=id, stopped=stopped)
            if any(0 < _position(item) <= floor for item in listing.items):
                return

    def _page(
        self, query: Query, items: Sequence[Any], *, edge: str, thread: str = "", stopped: bool = False
    ) -> RawPage:
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=None,
            includes={"edge": edge, "thread": thread, "container": query.text.partition("/")[0]},
            where=query.text,
            warnings=(f"gap: {query.text}: too many {edge}; older ones were not asked for",) if stopped else (),
        )


def _may_have_news(post: object, *, floor: int) -> bool:
    if not isinstance(post, dict):
        return False
    comments = post.get("comments")
    summary = comments.get("summary") if isinstance(comments, dict) else None
    if isinstance(summary, dict) and summary.get("total_count") == 0:
        return False
    touched = read_iso(post.get("updated_time"))
    return touched is None or touched.timestamp() >= floor


def _moment(item: object) -> datetime | None:
    return read_iso(item.get("created_time")) if isinstance(item, dict) else None


def _position(item: object) -> int:
    moment = _moment(item)
    return max(int(moment.timestamp()), 0) if moment else 0
