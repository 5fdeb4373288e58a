"""The YouTube stand-in: Data API v3 as google-api-python-client speaks to it, with both of its daily budgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collectors.standins.matching import join_words
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes
from collectors.standins.world import Seen, World
from collectors.standins.youtube_wire import (
    channel_id,
    comment_id,
    thread_of,
    video_id,
    video_of,
    write_comment,
    write_playlist_item,
    write_search_result,
    write_thread,
    write_video,
)

PACIFIC = ZoneInfo("America/Los_Angeles")
SHOWN_REPLIES = 5
"""A thread shows no more replies than this."""
Answer = Callable[[Mapping[str, str]], dict[str, Any]]


class YoutubeError(Exception):
    """A request that YouTube refuses; carries the answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        error = {"message": f"refused: {reason}", "domain": "youtube.standin", "reason": reason}
        self.response = build_json(
            {"error": {"code": status, "message": error["message"], "errors": [error]}}, status=status
        )


class YoutubeStandIn:
    """Answers for one world; any key is good, and what a day allows is counted by its Pacific date."""

    def __init__(self, world: World, *, searches: int = 100, units: int = 10_000) -> None:
        self.limits = {"search": searches, "units": units}
        self._world = world
        self._used: dict[tuple[str, date], int] = {}
        self._closed: set[str] = set()

    def add_routes(self, routes: Routes) -> None:
        """Put YouTube's endpoints into a route table."""
        for name, answer, bucket in (
            ("playlistItems", self._playlist_items, "units"),
            ("commentThreads", self._threads, "units"),
            ("comments", self._comments, "units"),
            ("videos", self._videos, "units"),
            ("search", self._search, "search"),
        ):
            routes.add("GET", f"/youtube/v3/{name}", self._guarded(answer, bucket))

    def close_comments(self, key: str) -> None:
        """Let the owner of a video close its comments."""
        self._closed.add(key)

    def _guarded(self, answer: Answer, bucket: str) -> Callable[[Request, Mapping[str, str]], Response]:
        def handle(request: Request, _: Mapping[str, str]) -> Response:
            try:
                self._admit(request, bucket)
                return build_json(answer(request.query))
            except YoutubeError as error:
                return error.response

        return handle

    def _admit(self, request: Request, bucket: str) -> None:
        if not request.headers.get("x-goog-api-key"):
            raise YoutubeError(403, "forbidden")
        day = (bucket, self._world.clock.now().astimezone(PACIFIC).date())
        if self._used.get(day, 0) >= self.limits[bucket]:
            raise YoutubeError(403, "quotaExceeded")
        self._used[day] = self._used.get(day, 0) + 1

    def _playlist_items(self, query: Mapping[str, str]) -> dict[str, Any]:
        playlist = query.get("playlistId", "")
        videos = [seen for seen in self._videos_newest_first() if channel_id(seen.item.author)[2:] == playlist[2:]]
        if not videos:
            raise YoutubeError(404, "playlistNotFound")
        page, rest = _cut(videos, query)
        items = [write_playlist_item(seen, position=number) for number, seen in enumerate(page)]
        return {"kind": "youtube#playlistItemListResponse", "items": items, **rest}

    def _threads(self, query: Mapping[str, str]) -> dict[str, Any]:
        video = query.get("videoId")
        if video is not None:
            self._check_open(video)
        owner = query.get("allThreadsRelatedToChannelId")
        tops = [
            seen
            for seen in self._comments_newest_first()
            if thread_of(seen.item, self._world).key == seen.item.key
            and (video is None or video_id(video_of(seen.item, self._world)) == video)
            and (owner is None or channel_id(video_of(seen.item, self._world).author) == owner)
            and video_of(seen.item, self._world).key not in self._closed
        ]
        page, rest = _cut(tops, query)
        items = [write_thread(top, self._replies(top.item.key), world=self._world, shown=SHOWN_REPLIES) for top in page]
        return {"kind": "youtube#commentThreadListResponse", "items": items, **rest}

    def _comments(self, query: Mapping[str, str]) -> dict[str, Any]:
        everything = self._comments_newest_first()
        if "id" in query:
            ids = set(query["id"].split(","))
            page = [seen for seen in everything if comment_id(seen.item, self._world) in ids]
            rest: dict[str, Any] = {}
        else:
            tops = [seen for seen in everything if comment_id(seen.item, self._world) == query.get("parentId")]
            if not tops:
                raise YoutubeError(404, "commentNotFound")
            page, rest = _cut(self._replies(tops[0].item.key)[::-1], query)
        items = [write_comment(seen, world=self._world, in_thread=False) for seen in page]
        return {"kind": "youtube#commentListResponse", "items": items, **rest}

    def _videos(self, query: Mapping[str, str]) -> dict[str, Any]:
        ids = query.get("id", "").split(",")
        by_id = {video_id(seen.item): seen for seen in self._videos_newest_first()}
        found = [by_id[id] for id in ids[:50] if id in by_id]
        items = [write_video(seen, comments=self._comment_count(seen)) for seen in found]
        return {"kind": "youtube#videoListResponse", "items": items}

    def _search(self, query: Mapping[str, str]) -> dict[str, Any]:
        phrases = [join_words(phrase) for phrase in query.get("q", "").split("|")]
        after = datetime.fromisoformat(query["publishedAfter"]) if "publishedAfter" in query else None
        found = [
            seen
            for seen in self._videos_newest_first()
            if (after is None or seen.item.created_at >= after)
            and any(phrase in join_words(f"{seen.item.title} {seen.text}") for phrase in phrases)
        ]
        page, rest = _cut(found, query)
        return {"kind": "youtube#searchListResponse", "items": [write_search_result(seen) for seen in page], **rest}

    def _videos_newest_first(self) -> list[Seen]:
        return [seen for seen in reversed(self._world.see_live()) if seen.item.reply_to is None]

    def _comments_newest_first(self) -> list[Seen]:
        """Comments whose video and thread still stand."""
        live = {seen.item.key: seen for seen in self._world.see_live()}
        return [
            seen
            for seen in reversed(live.values())
            if seen.item.reply_to
            and video_of(seen.item, self._world).key in live
            and thread_of(seen.item, self._world).key in live
        ]

    def _replies(self, thread: str) -> list[Seen]:
        """Oldest first."""
        return [
            seen
            for seen in self._comments_newest_first()[::-1]
            if seen.item.key != thread and thread_of(seen.item, self._world).key == thread
        ]

    def _comment_count(self, video: Seen) -> int:
        key = video.item.key
        return sum(video_of(seen.item, self._world).key == key for seen in self._comments_newest_first())

    def _check_open(self, video: str) -> None:
        keys = [seen.item.key for seen in self._videos_newest_first() if video_id(seen.item) == video]
        if not keys:
            raise YoutubeError(404, "videoNotFound")
        if keys[0] in self._closed:
            raise YoutubeError(403, "commentsDisabled")


def _cut(seen: list[Seen], query: Mapping[str, str]) -> tuple[list[Seen], dict[str, Any]]:
    """One page and what stands beside it; a token is an offset, as YouTube's are."""
    size = int(query.get("maxResults", "5"))
    token = query.get("pageToken", "P0")
    if not token.startswith("P") or not token[1:].isdecimal():
        raise YoutubeError(400, "invalidPageToken")
    start = int(token[1:])
    rest: dict[str, Any] = {"pageInfo": {"totalResults": len(seen), "resultsPerPage": size}}
    if start + size < len(seen):
        rest["nextPageToken"] = f"P{start + size}"
    return seen[start : start + size], rest
