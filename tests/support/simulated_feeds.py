"""Platforms in a few lines: posts that appear late while somebody pages, and tokens that go stale."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import prawcore
import requests

from collectors.graph import Listing
from collectors.transport import StatusError, WireError
from collectors.x.ids import first_id_at, moment_of
from sidak.errors import RetryError

START = datetime(2026, 11, 1, tzinfo=UTC)


class Feed:
    """Posts with the moment they were made and the moment they can first be seen."""

    def __init__(self, rng: random.Random, *, page_size: int, lag_seconds: float, failing: float = 0.1) -> None:
        self.rng = rng
        self.page_size = page_size
        self.lag_seconds = lag_seconds
        self.failing = failing
        self.now = START
        self.posts: list[tuple[int, datetime, datetime]] = []
        self.given: list[int] = []

    def pass_time(self, seconds: float, *, rate: float) -> None:
        """Let time go by, with about `rate` posts a second."""
        for _ in range(self.rng.randint(0, int(2 * rate * seconds) + 1)):
            made = self.now + timedelta(seconds=self.rng.random() * seconds)
            seen = made + timedelta(seconds=self.rng.random() * self.lag_seconds)
            self.posts.append((first_id_at(made) + len(self.posts), made, seen))
        self.now += timedelta(seconds=seconds)

    def visible(self) -> list[tuple[int, datetime]]:
        """What can be seen now, newest first."""
        found = [(id, made) for id, made, seen in self.posts if seen <= self.now]
        return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)

    def stumble(self) -> None:
        """Take time, and sometimes fail."""
        self.pass_time(self.rng.random() * 5, rate=0.05)
        if self.rng.random() < self.failing:
            raise WireError("simulated")


class FeedOfX:
    """Stands where tweepy.Client stands."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.tokens: dict[str, tuple[int, list[int]]] = {}

    def search_recent_tweets(self, query: str, **asked: Any) -> requests.Response:
        self.feed.stumble()
        token = asked.get("next_token")
        if token is not None and (token not in self.tokens or self.feed.rng.random() < 0.1):
            raise StatusError(_answer(400, {}), path="/2/tweets/search/recent")
        if token is None:
            low = int(asked.get("since_id", 0))
            if "start_time" in asked:
                low = max(low, first_id_at(asked["start_time"]) - 1)
            assert low == 0 or moment_of(low) > self.feed.now - timedelta(days=7), "X would refuse this"
            high = int(asked.get("until_id", 1 << 62))
            offset, ids = 0, [id for id, _ in self.feed.visible() if low < id < high]
        else:
            offset, ids = self.tokens[token]
        page = ids[offset : offset + self.feed.page_size]
        if self.feed.rng.random() < 0.05:
            page = []  # X sometimes gives an empty page with a token; it is followed by the same posts
            following = offset
        else:
            following = offset + len(page)
        meta: dict[str, Any] = {"result_count": len(page)}
        if following < len(ids):
            meta["next_token"] = f"t{len(self.tokens)}"
            self.tokens[meta["next_token"]] = (following, ids)
        data = [{"id": str(id), "text": "jalan rusak", "created_at": moment_of(id).isoformat()} for id in page]
        self.feed.given += page
        return _answer(200, {"data": data, "meta": meta} if data else {"meta": meta})


class FeedOfReddit:
    """Stands where praw.Reddit stands."""

    def __init__(self, feed: Feed, *, vanishing: float = 0.0) -> None:
        self.feed = feed
        self.vanishing = vanishing

    def request(self, *, method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            self.feed.stumble()
        except WireError as exc:
            raise prawcore.RequestException(exc, (), {}) from None
        listing = self.feed.visible()[:1000]
        after = params.get("after")
        if after:
            at = next((index for index, (id, _) in enumerate(listing) if name_of(id) == after), None)
            if at is None or self.feed.rng.random() < self.vanishing:
                return {"kind": "Listing", "data": {"children": [], "after": None}}
            listing = listing[at + 1 :]
        page = listing[: self.feed.page_size]
        children = [
            {
                "kind": "t3",
                "data": {
                    "name": name_of(id),
                    "title": "jalan rusak",
                    "selftext": "",
                    "created_utc": float(int(made.timestamp())),
                },
            }
            for id, made in page
        ]
        last = name_of(page[-1][0]) if page and len(listing) > len(page) else None
        return {"kind": "Listing", "data": {"children": children, "after": last}}


class FeedOfYoutube:
    """Stands where the library's service stands: threads of a channel, newest first, a token being an offset."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.asked: dict[str, Any] = {}

    def commentThreads(self) -> FeedOfYoutube:  # noqa: N802 - the library's word
        return self

    def list(self, **asked: Any) -> FeedOfYoutube:
        self.asked = asked
        return self

    def execute(self, *, num_retries: int) -> dict[str, Any]:
        self.feed.stumble()
        posts = self.feed.visible()
        start = int(self.asked.get("pageToken") or 0)
        page = posts[start : start + self.feed.page_size]
        threads = [
            {
                "kind": "youtube#commentThread",
                "id": comment_name_of(id)[2:],
                "snippet": {
                    "totalReplyCount": 0,
                    "topLevelComment": {
                        "kind": "youtube#comment",
                        "id": comment_name_of(id)[2:],
                        "snippet": {"textDisplay": "jalan rusak", "publishedAt": made.isoformat()},
                    },
                },
            }
            for id, made in page
        ]
        rest = {"nextPageToken": str(start + len(page))} if start + len(page) < len(posts) else {}
        return {"kind": "youtube#commentThreadListResponse", "items": threads, **rest}


class FeedOfGraph:
    """Stands where `collectors.graph.Graph` stands: one old post or medium, below which people comment."""

    def __init__(self, feed: Feed, *, words: str, time: str) -> None:
        self.feed = feed
        self.words = words
        self.time = time

    def edge(self, path: str, *, doing: str, **asked: Any) -> Listing:
        try:
            self.feed.stumble()
        except WireError as exc:
            raise RetryError("simulated") from exc
        comments = self.feed.visible()
        if not path.endswith("/comments"):
            touched = {"updated_time": comments[0][1].isoformat()} if comments else {}
            count = {"comments_count": len(comments), "comments": {"summary": {"total_count": len(comments)}}}
            return Listing(items=[{"id": "1", self.time: START.isoformat(), **touched, **count}], after=None)
        start = int(asked.get("after") or 0)
        page = comments[start : start + self.feed.page_size]
        items = [{"id": str(id), self.words: "jalan rusak", self.time: made.isoformat()} for id, made in page]
        return Listing(items=items, after=str(start + len(page)) if start + len(page) < len(comments) else None)


class NoBudget:
    """Lets everything be asked for."""

    def spend(self, name: str, amount: int = 1) -> None:
        """Count nothing."""


def comment_name_of(id: int) -> str:
    return f"c:Ug{id:024x}"


def name_of(id: int) -> str:
    return f"t3_{id:x}"[:16]


def _answer(status: int, body: object) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = json.dumps(body).encode()
    return response
