"""Threads' Graph: search by keyword or tag and mentions, by time; errors in Meta's envelope."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.standins.clock import StandInClock
from collectors.standins.matching import join_words
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes

OFFICE_ID = "17841400000000001"
OFFICE = "inspektoratuji"


class ThreadsStandIn:
    """Posts with the moment from which the search shows them."""

    def __init__(self, clock: StandInClock, *, token: str) -> None:
        self._clock = clock
        self._token = token
        self._lock = threading.Lock()
        self._posts: list[tuple[datetime, datetime, dict[str, Any]]] = []
        self.searches = 0

    def add(self, text: str, *, by: str = "warga1", ago: timedelta = timedelta(), late: timedelta = timedelta()) -> str:
        """Post something that the search shows `late` after it was made; return its number."""
        made = self._clock.now() - ago
        with self._lock:
            id = str(18_000_000_000_000_000 + len(self._posts))
            post = {
                "id": id, "text": text, "media_type": "TEXT_POST", "username": by, "has_replies": False,
                "permalink": f"https://www.threads.com/@{by}/post/C{id[-8:]}", "is_quote_post": False,
                "timestamp": made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"), "is_reply": False,
            }  # fmt: skip
            self._posts.append((made.replace(microsecond=0), made + late, post))
            return id

    def delete(self, id: str) -> None:
        """Take a post away, as its author may at any time."""
        with self._lock:
            self._posts = [one for one in self._posts if one[2]["id"] != id]

    def edit(self, id: str, text: str) -> None:
        """Let a post read otherwise, under the same number and time."""
        with self._lock:
            for _, _, post in self._posts:
                post["text"] = text if post["id"] == id else post["text"]

    def add_routes(self, routes: Routes) -> None:
        """Put the edges into a route table."""
        routes.add("GET", "/v1.0/keyword_search", self._search)
        routes.add("GET", f"/v1.0/{OFFICE_ID}/mentions", self._mentions)
        routes.add("GET", "/v1.0/{id}", self._one)

    def _search(self, request: Request, _: Mapping[str, str]) -> Response:
        words = request.query.get("q", "")
        tag = request.query.get("search_mode") == "TAG"
        self.searches += 1
        wanted = f"#{words} " if tag else join_words(words)

        def matches(text: str) -> bool:
            return wanted in f"{text.lower()} " if tag else wanted in join_words(text)

        return self._answer(request, matches)

    def _mentions(self, request: Request, _: Mapping[str, str]) -> Response:
        return self._answer(request, lambda text: f"@{OFFICE}" in text)

    def _one(self, request: Request, named: Mapping[str, str]) -> Response:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return build_error(401, 190, "Invalid OAuth access token")
        with self._lock:
            found = next((post for _, _, post in self._posts if post["id"] == named["id"]), None)
        return build_json(found) if found else build_error(400, 100, "Object does not exist", subcode=33)

    def _answer(self, request: Request, matches: Callable[[str], bool]) -> Response:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return build_error(401, 190, "Invalid OAuth access token")
        since, until = int(request.query.get("since", "0")), int(request.query.get("until", str(1 << 40)))
        now = self._clock.now()
        with self._lock:
            posts = sorted(self._posts, key=lambda one: (one[0], one[2]["id"]), reverse=True)
        found = [
            post
            for made, seen, post in posts
            if seen <= now and since <= made.timestamp() < until and matches(post["text"])
        ]
        page = found[: int(request.query.get("limit", "25"))]
        return build_json({"data": page, "paging": {"cursors": {"before": "QVFI", "after": "QVFJ"}}})


def build_error(status: int, code: int, message: str, *, subcode: int | None = None) -> Response:
    """A refusal as Meta writes it."""
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    return build_json({"error": error | ({"error_subcode": subcode} if subcode else {})}, status=status)
