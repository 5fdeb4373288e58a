"""Asks Telegram for updates through httpx: an offset moves only after what lies before it is durable."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collectors.fields import read_epoch
from collectors.protocol import Query, RawPage, Window
from collectors.telegram.updates import message_of, read_update_id, read_updates, speaks
from collectors.transport import StatusError
from collectors.verdicts import call
from collectors.web import Web, amend
from sidak.clock import Clock
from sidak.errors import QuarantineError, StopError

BASE_URL = "https://api.telegram.org"
PAGE_UPDATES = 100
PAGES_A_RUN = 200
POLL_SECONDS = 10
"""How long Telegram may hold the first question of a pass open; shorter than the time limit of a read."""
KEPT_FOR = timedelta(hours=24)
QUIET = timedelta(days=6)
"""After a week without updates their numbers may start anywhere: https://core.telegram.org/bots/api#update"""
WANTED = ("message", "edited_message", "channel_post", "edited_channel_post")
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,100}")


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What is durable: everything before `offset`; and when Telegram was asked and last had something."""

    offset: int = 0
    heard_at: float = 0.0
    asked_at: float = 0.0


def build_client(
    *, credentials: Mapping[str, str], clock: Clock, sleep: Callable[[float], None], rng: random.Random
) -> TelegramClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    token = credentials["bot_token"].strip()
    if not _TOKEN.fullmatch(token):
        raise StopError("telegram: SIDAK_SOURCES__TELEGRAM__BOT_TOKEN is no token of BotFather's")
    web = Web(credentials.get("base_url", BASE_URL))
    return TelegramClient(web, token=token, clock=clock, sleep=sleep, rng=rng)


class TelegramClient:
    """Drains the bot's updates."""

    def __init__(
        self, web: Web, *, token: str, clock: Clock, sleep: Callable[[float], None], rng: random.Random
    ) -> None:
        self._web = web
        self._path = f"/bot{token}/getUpdates"
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages until nothing is left; with a window one page of what waits, and nothing is confirmed."""
        before = _read_position(cursor)
        windowed = bool(window)
        position, warnings = before, self._warn_of_gap(before)
        for number in range(PAGES_A_RUN):
            updates = self._ask(query, position, poll=0 if number or windowed else POLL_SECONDS)
            position = self._advance(query, position, updates)
            yield RawPage(
                query=query,
                items=tuple(one for one in updates if speaks(one) and _inside(one, window)),
                fetched_at=self._clock(),
                cursor_key=query.id,
                cursor=None if windowed else msgspec.to_builtins(position),
                where="updates",
                at_once=not windowed,
                warnings=warnings,
            )
            warnings = ()
            if windowed or not updates:
                return

    def _advance(self, query: Query, position: Position, updates: list[Any]) -> Position:
        now = self._clock().timestamp()
        if not updates:
            return msgspec.structs.replace(position, asked_at=now)
        numbers = [number for one in updates if (number := read_update_id(one)) is not None]
        following = max(numbers, default=-1) + 1
        if following in {0, position.offset}:
            raise QuarantineError(f"Telegram, {query.id}: updates without numbers to go on from", where=query.id)
        return Position(offset=following, heard_at=now, asked_at=now)

    def _ask(self, query: Query, position: Position, *, poll: int) -> list[Any]:
        asked: dict[str, Any] = {"limit": PAGE_UPDATES, "timeout": poll, "allowed_updates": WANTED}
        if self._clock().timestamp() - position.heard_at < QUIET.total_seconds():
            asked["offset"] = position.offset

        def ask() -> list[Any]:
            try:
                answer = self._web.ask("POST", self._path, body=asked, shown="getUpdates")
            except StatusError as exc:
                raise _with_retry_after(exc) from None
            return read_updates(answer.json_object())

        return call(
            ask,
            doing=f"Telegram, {query.id}",
            failures=(),
            clock=self._clock,
            sleep=self._sleep,
            rng=self._rng,
        )

    def _warn_of_gap(self, position: Position) -> tuple[str, ...]:
        now = self._clock()
        if not position.asked_at or now - KEPT_FOR <= datetime.fromtimestamp(position.asked_at, UTC):
            return ()
        times = [
            moment.isoformat(timespec="minutes")
            for moment in (datetime.fromtimestamp(position.asked_at, UTC), now - KEPT_FOR)
        ]
        return (f"gap: Telegram keeps updates for 24 hours; those between {times[0]} and {times[1]} are gone",)


def _read_position(cursor: object) -> Position:
    try:
        return msgspec.convert(cursor, Position) if cursor is not None else Position()
    except msgspec.ValidationError:
        return Position()


def _with_retry_after(exc: StatusError) -> StatusError:
    """Telegram says in the body how long to wait."""
    found = re.search(r'"retry_after"\s*:\s*(\d{1,6})\b', exc.start)
    return amend(exc, {"retry-after": found[1]}) if found else exc


def _inside(update: object, window: Window) -> bool:
    _, message = message_of(update)
    return window.holds(read_epoch(message.get("date") if isinstance(message, dict) else None))
