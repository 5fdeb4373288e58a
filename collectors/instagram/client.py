"""Asks Graph for the office's tags and comments, and for the last day of hashtags."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collectors.budget import Budget
from collectors.fields import read_iso
from collectors.graph import Graph, Listing, build_graph, walk_pages
from collectors.instagram.plan import COMMENTS, HASHTAG
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.walk import Walk, advance, begin, read_walk, write_walk
from sidak.clock import Clock
from sidak.errors import QuarantineError

PAGE_ITEMS = 50
PAGES_A_RUN = 20
OVERLAP = timedelta(days=3)
"""A comment's replies are shown with it: they may come late."""
FIRST_REACH = timedelta(days=30)
HASHTAG_REACH = timedelta(hours=24)
MEDIA_REACH = timedelta(days=14)
"""Own media no older than this are looked at for comments."""
CHECKED_AT_ONCE = 50
MEDIA_FIELDS = "id,caption,media_type,permalink,timestamp,comments_count,like_count"
TAGGED_FIELDS = f"{MEDIA_FIELDS},username"
COMMENT_FIELDS = "id,text,timestamp,like_count,username,from,parent_id"


def build_client(
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
    budget: Budget,
) -> InstagramClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    graph = build_graph(credentials, clock=clock, sleep=sleep, rng=rng)
    return InstagramClient(graph, user=credentials["user_id"], budget=budget, clock=clock)


class InstagramClient:
    """Fetches newest first; a hashtag has a day and no more."""

    def __init__(self, graph: Graph, *, user: str, budget: Budget, clock: Clock) -> None:
        self._graph = graph
        self._user = user
        self._budget = budget
        self._clock = clock
        self._hashtag_ids: dict[str, str] = {}

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        incremental = not window
        if _kind(query) == HASHTAG and not self._budget.spend_on("hashtags", query.text):
            warning = f"gap: #{query.text} was not asked for: 30 other hashtags have used up these 7 days"
            yield msgspec.structs.replace(self._page(query, ()), warnings=(warning,))
            return
        walk = begin(read_walk(cursor), overlap=int(OVERLAP.total_seconds()), at=now)
        if not incremental:
            walk = Walk(open=True, floor=int(window.since.timestamp()) if window.since else 0)
        elif not walk.mark:
            walk = msgspec.structs.replace(walk, floor=int((now - FIRST_REACH).timestamp()))
        seen: list[int] = []
        for page in self._pages(query, walk, cursor):
            seen += [min(_position(item), int(now.timestamp())) for item in page.items]
            yield msgspec.structs.replace(page, items=tuple(item for item in page.items if window.holds(_moment(item))))
        if incremental:
            yield msgspec.structs.replace(self._page(query, ()), cursor=self._close(query, walk, seen))

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Look stored comments (`c:…`) up; media of others cannot be asked for by their ids."""
        wanted = [id.removeprefix("c:") for id in ids if id.startswith("c:")]
        query = Query(id=f"instagram:{COMMENTS}:recheck", source="instagram", lane="addressed", text="recheck")
        for start in range(0, len(wanted), CHECKED_AT_ONCE):
            batch = wanted[start : start + CHECKED_AT_ONCE]
            found, gone = self._graph.look_up(batch, doing="Instagram, recheck", fields=COMMENT_FIELDS)
            yield Checked(
                page=self._page(query, found),
                asked=tuple(f"c:{id}" for id in (*(item["id"] for item in found), *gone)),
                gone=tuple(f"c:{id}" for id in gone),
            )

    def _pages(self, query: Query, walk: Walk, cursor: object) -> Iterator[RawPage]:
        match _kind(query):
            case "comments":
                yield from self._comments(query, walk)
            case "hashtag":
                yield from self._hashtag(query, cursor)
            case _:
                yield from self._tagged(query, walk)

    def _tagged(self, query: Query, walk: Walk) -> Iterator[RawPage]:
        for listing, stopped in self._walk(f"{query.text}/tags", query, fields=TAGGED_FIELDS):
            yield self._page(query, listing.items, stopped=stopped)
            if any(0 < _position(item) <= walk.floor for item in listing.items):
                return

    def _comments(self, query: Query, walk: Walk) -> Iterator[RawPage]:
        """Yield the comments below own media of the last days, whichever of them were touched."""
        reach = min(walk.floor, int((self._clock() - MEDIA_REACH).timestamp()))
        for media, _ in self._walk(f"{query.text}/media", query, fields="id,timestamp,comments_count"):
            for item in media.items:
                id = item.get("id") if isinstance(item, dict) else None
                if isinstance(id, str) and item.get("comments_count") != 0 and _position(item) >= reach:
                    yield from self._comments_of(id, query, walk)
            if any(0 < _position(item) < reach for item in media.items):
                return

    def _comments_of(self, media: str, query: Query, walk: Walk) -> Iterator[RawPage]:
        fields = f"{COMMENT_FIELDS},replies.limit(50){{{COMMENT_FIELDS}}}"
        try:
            for listing, stopped in self._walk(f"{media}/comments", query, fields=fields):
                comments = [one for item in listing.items for one in _flatten(item)]
                yield self._page(query, comments, thread=media, stopped=stopped)
                if any(0 < _position(item) <= walk.floor for item in listing.items):
                    return
        except QuarantineError as exc:
            if exc.reason != "gone":  # deleted since the list of media was given
                raise

    def _hashtag(self, query: Query, cursor: object) -> Iterator[RawPage]:
        """Yield a hashtag's last day; what came and went before that is told as a gap."""
        covered_at = read_walk(cursor).covered_at
        if covered_at and self._clock().timestamp() - covered_at > HASHTAG_REACH.total_seconds():
            since = datetime.fromtimestamp(covered_at, UTC).isoformat(timespec="minutes")
            warning = f"gap: #{query.text}: last asked at {since}; Instagram gives the last 24 hours"
            yield msgspec.structs.replace(self._page(query, ()), warnings=(warning,))
        try:
            id = self._hashtag_id(query, cursor)
        except QuarantineError as exc:
            if exc.reason != "gone":
                raise
            warning = f"#{query.text}: nobody on Instagram uses this hashtag"
            yield msgspec.structs.replace(self._page(query, ()), warnings=(warning,))
            return
        seen: set[object] = set()
        path = f"{id}/recent_media"
        for listing, stopped in self._walk(path, query, fields=MEDIA_FIELDS, user_id=self._user):
            fresh = [item for item in listing.items if _id_of(item) not in seen]
            seen |= {_id_of(item) for item in fresh}
            yield self._page(query, fresh, stopped=stopped)
            if not fresh:  # the cursor is always the same: only this tells the end
                return

    def _hashtag_id(self, query: Query, cursor: object) -> str:
        """Return Instagram's number for a hashtag; it never changes, so that the cursor keeps it."""
        kept = cursor.get("hashtag_id") if isinstance(cursor, dict) else None
        if isinstance(kept, str) and kept:
            self._hashtag_ids[query.id] = kept
            return kept
        doing = f"Instagram, #{query.text}"
        listing = self._graph.edge("ig_hashtag_search", doing=doing, user_id=self._user, q=query.text)
        if not listing.items:
            raise QuarantineError(f"{doing}: there is no such hashtag", where=query.id, reason="gone")
        id = _id_of(listing.items[0])
        if not isinstance(id, str) or not id.isdecimal():
            raise QuarantineError(f"{doing}: the answer names no hashtag", where=query.id, reason="poison")
        self._hashtag_ids[query.id] = id
        return id

    def _close(self, query: Query, walk: Walk, seen: list[int]) -> dict[str, Any]:
        closed = write_walk(advance(walk, seen, more=False))
        id = self._hashtag_ids.get(query.id)
        return closed | ({"hashtag_id": id} if id else {})

    def _walk(self, path: str, query: Query, **params: Any) -> Iterator[tuple[Listing, bool]]:  # noqa: ANN401 - Graph's own
        doing = f"Instagram, {query.id}"
        return walk_pages(
            lambda after: self._graph.edge(path, doing=doing, limit=PAGE_ITEMS, after=after, **params),
            at_most=PAGES_A_RUN,
        )

    def _page(self, query: Query, items: Sequence[Any], *, thread: str = "", stopped: bool = False) -> RawPage:
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=None,
            includes={"kind": _kind(query), "thread": thread},
            where=query.id,
            warnings=(f"gap: {query.id}: stopped after {PAGES_A_RUN} pages",) if stopped else (),
        )


def _kind(query: Query) -> str:
    return query.id.split(":")[1]


def _flatten(comment: object) -> list[Any]:
    """Return a comment and the replies that came with it."""
    if not isinstance(comment, dict):
        return [comment]
    replies = comment.get("replies")
    listed = replies.get("data") if isinstance(replies, dict) else None
    own = {name: value for name, value in comment.items() if name != "replies"}
    return [own, *(listed if isinstance(listed, list) else ())]


def _id_of(item: object) -> object:
    return item.get("id") if isinstance(item, dict) else None


def _moment(item: object) -> datetime | None:
    return read_iso(item.get("timestamp")) if isinstance(item, dict) else None


def _position(item: object) -> int:
    moment = _moment(item)
    return max(int(moment.timestamp()), 0) if moment else 0
