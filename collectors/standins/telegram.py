"""The Bot API's `getUpdates`: asking from an offset forgets what lies before it; updates older than a day are gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from collectors.standins.clock import StandInClock
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes

KEPT_FOR = timedelta(hours=24)
BOT_ID = "7000000001"


class TelegramStandIn:
    """One bot with a queue of updates."""

    def __init__(self, clock: StandInClock, *, token: str) -> None:
        self._clock = clock
        self._token = token
        self._lock = threading.Lock()
        self._queue: list[tuple[int, datetime, Any]] = []
        self._written = 0
        self.next_id = 810_000_001
        self.fetched_elsewhere = False

    def add(self, kind: str, message: object) -> int:
        """Let an update wait; return its number."""
        with self._lock:
            number, self.next_id = self.next_id, self.next_id + 1
            self._queue.append((number, self._clock.now(), {"update_id": number, kind: message}))
            return number

    def write(self, text: str, *, chat: Mapping[str, Any] | None = None, by: int = 61_000_001, **more: object) -> Any:  # noqa: ANN401 - a JSON value
        """Return a message as Telegram writes it."""
        person = {
            "id": by,
            "is_bot": False,
            "first_name": "Nama Orang",
            "username": "nama_orang",
            "language_code": "id",
        }
        with self._lock:
            self._written += 1
            number = 100 + self._written
        return {
            "message_id": number,
            "from": person,
            "chat": dict(chat) if chat else {"id": by, "type": "private", "first_name": "Nama Orang"},
            "date": int(self._clock.now().timestamp()),
            "text": text,
            **more,
        }

    def waiting(self) -> list[int]:
        """Numbers of the updates that are still kept."""
        with self._lock:
            return [number for number, _, _ in self._queue]

    def add_routes(self, routes: Routes) -> None:
        """Put the method into a route table."""
        routes.add("POST", "/{bot}/getUpdates", self._get_updates)

    def _get_updates(self, request: Request, path: Mapping[str, str]) -> Response:
        if path["bot"] != f"bot{self._token}":
            return _refuse(401, "Unauthorized")
        if self.fetched_elsewhere:
            return _refuse(409, "Conflict: terminated by other getUpdates request")
        asked = json.loads(request.body or b"{}")
        offset, limit = asked.get("offset"), min(asked.get("limit", 100), 100)
        oldest = self._clock.now() - KEPT_FOR
        with self._lock:
            self._queue = [one for one in self._queue if one[1] >= oldest and (offset is None or one[0] >= offset)]
            return build_json({"ok": True, "result": [update for _, _, update in self._queue[:limit]]})


def _refuse(status: int, description: str) -> Response:
    return build_json({"ok": False, "error_code": status, "description": description}, status=status)
