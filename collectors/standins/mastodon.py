"""One Mastodon instance: hashtag timelines, mentions, look-up, rules; posts of other instances arrive late."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from collectors.standins.clock import StandInClock
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes

OFFICE = "inspektoratuji"
_TAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@(\w+)")


class MastodonStandIn:
    """Statuses with the moment from which they can be seen here."""

    def __init__(self, clock: StandInClock, *, token: str) -> None:
        self._clock = clock
        self._token = token
        self._lock = threading.Lock()
        self._statuses: dict[int, tuple[datetime, dict[str, Any]]] = {}
        self._mentions: list[tuple[int, int]] = []
        self.rules = ["Jangan menyebarkan data pribadi."]
        self.filtered: set[int] = set()
        """Numbers that pages leave out after counting them, as of muted accounts."""

    def add(
        self,
        text: str,
        *,
        by: str = "warga1",
        ago: timedelta = timedelta(),
        late: timedelta = timedelta(),
        noindex: bool = False,
        visibility: str = "public",
    ) -> str:
        """Post something that can be seen `late` after it was made; return its number."""
        made = self._clock.now() - ago
        with self._lock:
            id = (int(made.timestamp() * 1000) << 16) + len(self._statuses) + 1
            url = f"https://jauh.contoh.example/@{by}"
            self._statuses[id] = (made + late, {
                "id": str(id), "created_at": _time(made), "edited_at": None, "in_reply_to_id": None,
                "in_reply_to_account_id": None, "sensitive": False, "spoiler_text": "", "visibility": visibility,
                "language": "id", "uri": f"{url}/{id}", "url": f"{url}/{id}", "replies_count": 0, "reblogs_count": 1,
                "favourites_count": 2, "quotes_count": 0, "content": _markup(text), "reblog": None, "filtered": [],
                "account": {
                    "id": "9", "username": by, "acct": f"{by}@jauh.contoh.example", "display_name": f"Nama {by}",
                    "url": url, "uri": url, "noindex": noindex, "bot": False, "created_at": "2025-01-01T00:00:00.000Z",
                },
                "media_attachments": [],
                "mentions": [
                    {"id": "1", "username": name, "acct": name, "url": "x"} for name in _MENTION.findall(text)
                ],
                "tags": [{"name": tag.lower(), "url": "x"} for tag in _TAG.findall(text)],
                "emojis": [], "card": None, "poll": None, "quote": None,
            })  # fmt: skip
            if OFFICE in _MENTION.findall(text):
                self._mentions.append((700 + len(self._mentions), id))
            return str(id)

    def change(self, id: str, text: str) -> None:
        """Edit a post."""
        with self._lock:
            self._statuses[int(id)][1].update(content=_markup(text), edited_at=_time(self._clock.now()))

    def delete(self, id: str) -> None:
        """Delete a post."""
        with self._lock:
            del self._statuses[int(id)]

    def add_routes(self, routes: Routes) -> None:
        """Put the endpoints into a route table."""
        routes.add("GET", "/api/v2/instance", self._instance)
        routes.add("GET", "/api/v1/timelines/tag/{tag}", self._timeline)
        routes.add("GET", "/api/v1/notifications", self._notifications)
        routes.add("GET", "/api/v1/statuses", self._look_up)

    def _instance(self, _: Request, __: Mapping[str, str]) -> Response:
        rules = [{"id": str(number), "text": text, "hint": ""} for number, text in enumerate(self.rules)]
        access = {"hashtag_feeds": {"local": "public", "remote": "authenticated"}}
        return build_json(
            {"domain": "uji", "version": "4.5.0", "rules": rules, "configuration": {"timelines_access": access}}
        )

    def _timeline(self, request: Request, path: Mapping[str, str]) -> Response:
        if not self._knows(request):
            return build_json({"error": "This method requires an authenticated user"}, status=401)
        wanted = path["tag"].lower()
        found = [
            status
            for status in self._visible()
            if any(tag["name"] == wanted for tag in status["tags"]) and _in_bounds(int(status["id"]), request)
        ]
        page = found[: int(request.query.get("limit", "20"))]
        return self._answer([status for status in page if int(status["id"]) not in self.filtered], path=request.path)

    def _notifications(self, request: Request, _: Mapping[str, str]) -> Response:
        if not self._knows(request) or request.repeated.get("types[]") != ["mention"]:
            return build_json({"error": "The access token is invalid"}, status=401)
        statuses = {int(status["id"]): status for status in self._visible()}
        found = [
            {"id": str(number), "type": "mention", "created_at": statuses[id]["created_at"], "status": statuses[id]}
            for number, id in reversed(self._mentions)
            if id in statuses and _in_bounds(number, request)
        ]
        return self._answer(found[: int(request.query.get("limit", "40"))], path=request.path)

    def _look_up(self, request: Request, _: Mapping[str, str]) -> Response:
        statuses = {status["id"]: status for status in self._visible()}
        return build_json([statuses[id] for id in request.repeated.get("id[]", []) if id in statuses])

    def _knows(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._token}"

    def _visible(self) -> list[dict[str, Any]]:
        with self._lock:
            found = [(id, status) for id, (seen, status) in self._statuses.items() if seen <= self._clock.now()]
        return [dict(status) for _, status in sorted(found, key=lambda one: -one[0])]

    def _answer(self, items: list[dict[str, Any]], *, path: str) -> Response:
        headers = {
            "x-ratelimit-limit": "300",
            "x-ratelimit-remaining": "299",
            "x-ratelimit-reset": _time(self._clock.now() + timedelta(minutes=5)),
        }
        if items:
            headers["link"] = f'<http://uji{path}?max_id={items[-1]["id"]}>; rel="next"'
        return build_json(items, headers=headers)


def _in_bounds(number: int, request: Request) -> bool:
    low, high = request.query.get("since_id", "0"), request.query.get("max_id", str(1 << 63))
    return int(low) < number < int(high)


def _markup(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
