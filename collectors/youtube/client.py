"""Asks YouTube through google-api-python-client: uploads and comments of channels, and a few searches.

The library brings paths and parameters; `session.GuardedHttp` brings the limits. Every request is counted first.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import googleapiclient.errors
import msgspec

from collectors.budget import Budget
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.verdicts import call
from collectors.walk import Walk, advance, begin, read_walk, write_walk
from collectors.youtube.answers import (
    Listing,
    flatten_thread,
    hidden_replies,
    part_of,
    published_at,
    read_listing,
    video_ids,
)
from collectors.youtube.plan import COMMENTS, SEARCH, UPLOADS
from collectors.youtube.session import build_youtube
from sidak.clock import Clock
from sidak.errors import QuarantineError, RetryError

PAGE_VIDEOS = 50
PAGE_COMMENTS = 100
CHECKED_COMMENTS = 25
"""Comment ids are long: more would not fit into an address."""
OVERLAP: Mapping[str, timedelta] = {
    UPLOADS: timedelta(days=1), COMMENTS: timedelta(days=3), SEARCH: timedelta(days=1),
}  # fmt: skip
"""Search indexes slowly; a thread is looked at again for late replies."""
REACH: Mapping[str, timedelta] = {UPLOADS: timedelta(days=30), COMMENTS: timedelta(days=30), SEARCH: timedelta(days=7)}
"""How far back a first walk goes."""
PAGES_A_RUN: Mapping[str, int] = {UPLOADS: 20, COMMENTS: 200, SEARCH: 2}
VIDEO_PARTS = "snippet,statistics,recordingDetails"
# No author is asked for by name; plain text, since the original is given to its author only.
COMMENT_OPTIONS: Mapping[str, Any] = {"textFormat": "plainText", "maxResults": PAGE_COMMENTS}


def build_client(
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
    budget: Budget,
) -> YoutubeClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    youtube = build_youtube(api_key=credentials["api_key"], base_url=credentials.get("base_url"))
    return YoutubeClient(youtube, budget=budget, clock=clock, sleep=sleep, rng=rng)


class YoutubeClient:
    """Fetches lists newest first, down to what the last walk has seen."""

    def __init__(
        self,
        youtube: Any,  # noqa: ANN401 - the library builds its types at run time
        *,
        budget: Budget,
        clock: Clock,
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        self._youtube = youtube
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        incremental = not window
        before = read_walk(cursor)
        now = self._clock()
        if incremental and before.covered_at and now.timestamp() - before.covered_at < query.every_seconds:
            return
        walk = self._begin(query, before, window)
        token: str | None = None
        asked = 0
        while walk.open:
            listing = self._list(query, floor=walk.floor, token=token)
            asked += 1
            refused, token = token, listing.token
            if token is not None and token == refused:
                raise QuarantineError(f"{query.id}: YouTube gives the same page again", where=query.id)
            positions = _positions(listing.items)
            reached = any(position <= walk.floor for position in positions)
            stopped = token is not None and not reached and asked == PAGES_A_RUN[_kind(query)]
            more = token is not None and not reached and not stopped
            walk = advance(walk, [min(position, int(now.timestamp())) for position in positions], more=more)
            kept = [item for item in listing.items if window.holds(published_at(item))]
            pages = list(self._read(query, kept))
            # The cursor goes with the last of them: what hangs on a page's items must be stored before it.
            for number, page in enumerate(pages, start=1):
                last = number == len(pages) and not walk.open
                yield msgspec.structs.replace(
                    page,
                    cursor=write_walk(walk if last else before) if incremental else None,
                    warnings=(_tell_stop(query, asked),) if last and stopped else (),
                )

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Look stored videos (`v:…`) and comments (`c:…`) up; what is not answered for is gone."""
        for prefix, size, ask in (
            ("v:", PAGE_VIDEOS, self._videos),
            ("c:", CHECKED_COMMENTS, self._comments),
        ):
            wanted = [id.removeprefix(prefix) for id in ids if id.startswith(prefix)]
            for start in range(0, len(wanted), size):
                asked = wanted[start : start + size]
                items = ask(asked)
                found = {item.get("id") for item in items if isinstance(item, dict)}
                query = Query(id="youtube:recheck", source="youtube", lane="overheard", text="recheck")
                yield Checked(
                    page=self._page(query, items),
                    asked=tuple(f"{prefix}{id}" for id in asked),
                    gone=tuple(f"{prefix}{id}" for id in asked if id not in found),
                )

    def _begin(self, query: Query, before: Walk, window: Window) -> Walk:
        if window:
            return Walk(open=True, floor=int(window.since.timestamp()) if window.since else 0)
        kind = _kind(query)
        walk = begin(before, overlap=int(OVERLAP[kind].total_seconds()), at=self._clock())
        reach = int((self._clock() - REACH[kind]).timestamp())
        return msgspec.structs.replace(walk, floor=max(walk.floor, reach if not before.mark or kind == SEARCH else 0))

    def _list(self, query: Query, *, floor: int, token: str | None) -> Listing:
        """Return one page of what a question lists."""
        kind = _kind(query)
        if kind == UPLOADS:
            options = {"playlistId": f"UU{query.text[2:]}", "maxResults": PAGE_VIDEOS, "pageToken": token}
            return self._ask(query.id, self._youtube.playlistItems().list(part="snippet,contentDetails", **options))
        if kind == COMMENTS:
            return self._threads(query.id, allThreadsRelatedToChannelId=query.text, pageToken=token)
        after = _write_time(floor)
        request = self._youtube.search().list(
            part="snippet", q=query.text, type="video", order="date", regionCode="ID", relevanceLanguage="id",
            publishedAfter=after, maxResults=PAGE_VIDEOS, pageToken=token,
        )  # fmt: skip
        return self._ask(query.id, request, bucket="search")

    def _read(self, query: Query, items: list[Any]) -> Iterator[RawPage]:
        """Yield what a listed page stands for, whole: its own items last."""
        if _kind(query) == COMMENTS:
            yield from self._pages_of_threads(query, items)
            return
        ids = video_ids(items)
        videos = self._videos(ids) if ids else []
        if _kind(query) == SEARCH:
            for video in videos:
                yield from self._newest_comments(query, video)
        yield self._page(query, videos)

    def _newest_comments(self, query: Query, video: object) -> Iterator[RawPage]:
        """Yield the newest comments of a found video; closed ones are no failure."""
        id = video.get("id") if isinstance(video, dict) else None
        if not isinstance(id, str) or part_of(video, "statistics").get("commentCount") in {None, "0"}:
            return
        try:
            threads = self._threads(query.id, videoId=id).items
        except QuarantineError as exc:
            if exc.reason != "gone":
                raise
            return
        yield from self._pages_of_threads(query, threads)

    def _pages_of_threads(self, query: Query, threads: list[Any]) -> Iterator[RawPage]:
        for thread in threads:
            parent = hidden_replies(thread)
            if parent is None:
                continue
            video = part_of(thread, "snippet").get("videoId")  # a reply read by itself does not name it
            token: str | None = None
            for _ in range(PAGES_A_RUN[COMMENTS]):
                options = {"parentId": parent, "pageToken": token, **COMMENT_OPTIONS}
                listing = self._ask(query.id, self._youtube.comments().list(part="snippet", **options))
                yield self._page(query, listing.items, video=video)
                if listing.token is None or listing.token == token:
                    break
                token = listing.token
        yield self._page(query, [comment for thread in threads for comment in flatten_thread(thread)])

    def _threads(self, doing: str, **options: Any) -> Listing:  # noqa: ANN401 - the library's own
        request = self._youtube.commentThreads().list(
            part="snippet,replies", order="time", **COMMENT_OPTIONS, **options
        )
        return self._ask(doing, request)

    def _videos(self, ids: Sequence[str]) -> list[Any]:
        request = self._youtube.videos().list(part=VIDEO_PARTS, id=",".join(ids), maxResults=PAGE_VIDEOS)
        return self._ask("videos", request).items

    def _comments(self, ids: Sequence[str]) -> list[Any]:
        request = self._youtube.comments().list(part="snippet", id=",".join(ids), textFormat="plainText")
        return self._ask("comments", request).items

    def _ask(self, doing: str, request: Any, *, bucket: str = "units") -> Listing:  # noqa: ANN401 - the library's own
        def ask() -> Listing:
            self._budget.spend(bucket)
            return read_listing(request.execute(num_retries=0))

        try:
            return call(
                ask,
                doing=f"YouTube, {doing}",
                failures=(googleapiclient.errors.Error,),
                clock=self._clock,
                sleep=self._sleep,
                rng=self._rng,
            )
        except RetryError as exc:
            if exc.reason != "quota" or exc.until is not None:
                raise
            raise RetryError(str(exc), until=self._budget.resets_at(bucket), reason="quota") from None

    def _page(self, query: Query, items: Sequence[Any], *, video: object = None) -> RawPage:
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=None,
            includes={"video": video} if isinstance(video, str) else {},
            where=query.id,
        )


def _kind(query: Query) -> str:
    return query.id.split(":")[1]


def _positions(items: list[Any]) -> list[int]:
    moments = (published_at(item) for item in items)
    return [max(int(moment.timestamp()), 0) for moment in moments if moment is not None]


def _write_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tell_stop(query: Query, pages: int) -> str:
    return f"gap: {query.id}: stopped after {pages} pages; what is older was not asked for"
