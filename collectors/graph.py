"""Meta's Graph, asked by httpx: Facebook, Instagram and Threads speak the same envelope, cursors and error codes.

Pages are followed by `paging.cursors.after`, never by `paging.next`: that is an address with the token in it. Where
Meta says that little of the rate limit is left, the next request waits for the scheduler instead of being refused.
"""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from collectors.error_bodies import read_usage
from collectors.verdicts import AnswerError, call
from collectors.web import Web
from sidak.clock import Clock
from sidak.errors import QuarantineError, RetryError

BASE_URL = "https://graph.facebook.com"
VERSION = "v25.0"
PAGE_ITEMS = 100
ENOUGH_USED = 95.0
"""From this share of a limit on Meta soon refuses, and the refusals count as well."""
PAUSE = timedelta(hours=1)
"""Meta's windows last an hour where it does not say how long."""


Read = TypeVar("Read")


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One page of an edge; `after` leads to the next one."""

    items: list[Any]
    after: str | None


class Graph:
    """Asks Graph with one token; what it says of its limits is heeded."""

    def __init__(
        self,
        web: Web,
        *,
        token: str,
        app_secret: str | None = None,
        version: str = VERSION,
        clock: Clock,
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        self._web = web
        self._prefix = f"/{version}/" if version else "/"
        self._headers = {"authorization": f"Bearer {token}"}
        # Proves to Meta that the token is used by its app: a stolen token alone is worth nothing.
        proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest() if app_secret else None
        self._always: dict[str, Any] = {"appsecret_proof": proof} if proof else {}
        self._clock = clock
        self._sleep = sleep
        self._rng = rng
        self._paused_until: datetime | None = None

    def get(self, path: str, *, doing: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - Graph's own parameters
        """Return an object; raises what `verdicts.call` raises."""
        return self._ask(path, lambda body: body, doing=doing, params=params)

    def edge(self, path: str, *, doing: str, **params: Any) -> Listing:  # noqa: ANN401 - Graph's own parameters
        """Return one page of an edge; raises what `verdicts.call` raises."""
        return self._ask(path, read_listing, doing=doing, params=params)

    def look_up(self, ids: Sequence[str], *, doing: str, fields: str) -> tuple[list[Any], list[str]]:
        """Return the objects that are there and the ids of those that are not.

        Graph refuses a whole batch over one missing object: the batch is then halved until it is found. Only a refusal
        of an object asked for by itself means that it is gone; what Graph will not tell of is in neither list.
        """
        if len(ids) == 1:
            return self._look_up_one(ids[0], doing=doing, fields=fields)
        try:
            body = self._ask("", _read_objects, doing=doing, params={"ids": ",".join(ids), "fields": fields})
        except QuarantineError as exc:
            if exc.reason not in {"gone", "bad"}:
                raise
            half = len(ids) // 2
            parts = [ids[:half], ids[half:]]
            found: list[Any] = []
            gone: list[str] = []
        else:
            found, gone = [body[id] for id in ids if id in body], []
            parts = [[id] for id in ids if id not in body]
        for part in parts:
            more_found, more_gone = self.look_up(part, doing=doing, fields=fields)
            found, gone = found + more_found, gone + more_gone
        return found, gone

    def _look_up_one(self, id: str, *, doing: str, fields: str) -> tuple[list[Any], list[str]]:
        def read(body: dict[str, Any]) -> dict[str, Any]:
            return _read_objects({id: body})

        try:
            return [self._ask(id, read, doing=doing, params={"fields": fields})[id]], []
        except QuarantineError as exc:
            if exc.reason not in {"gone", "bad"}:
                raise
            return [], [id] if exc.reason == "gone" else []

    def _ask(self, path: str, read: Callable[[dict[str, Any]], Read], *, doing: str, params: Mapping[str, Any]) -> Read:
        def ask() -> Read:
            self._check_pause()
            asked = {name: value for name, value in {**params, **self._always}.items() if value is not None}
            answer = self._web.get(f"{self._prefix}{path}", params=asked, headers=self._headers)
            self._note(answer.headers)
            return read(answer.json_object())

        return call(ask, doing=doing, failures=(), clock=self._clock, sleep=self._sleep, rng=self._rng)

    def _check_pause(self) -> None:
        if self._paused_until is not None and self._clock() < self._paused_until:
            when = self._paused_until.isoformat(timespec="seconds")
            raise RetryError(
                f"Graph: the rate limit is all but used up until {when}", until=self._paused_until, reason="rate_limit"
            )

    def _note(self, headers: Mapping[str, str]) -> None:
        used, regain = read_usage(headers)
        self._paused_until = self._clock() + (regain or PAUSE) if used >= ENOUGH_USED else None


def build_graph(
    credentials: Mapping[str, str],
    *,
    base_url: str = BASE_URL,
    version: str = VERSION,
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
) -> Graph:
    """Return a Graph for `access_token`, and `app_secret` where it is given; `base_url` leads it elsewhere."""
    return Graph(
        Web(credentials.get("base_url", base_url)),
        token=credentials["access_token"],
        app_secret=credentials.get("app_secret"),
        version=version,
        clock=clock,
        sleep=sleep,
        rng=rng,
    )


def read_listing(body: Mapping[str, Any]) -> Listing:
    """Return the page in an envelope; raises AnswerError where there is none."""
    items = body.get("data")
    if not isinstance(items, list):
        raise AnswerError("the answer has no list of data")
    paging = body.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    after = cursors.get("after") if isinstance(cursors, dict) else None
    # The last page may name its own end as a cursor; only `next` says that there is more.
    more = isinstance(paging, dict) and "next" in paging
    return Listing(items=items, after=after if more and isinstance(after, str) and after else None)


def _read_objects(body: dict[str, Any]) -> dict[str, Any]:
    """Return the objects by id; an answer in another envelope must not read as a list of missing ones."""
    if not all(isinstance(one, dict) and one.get("id") == id for id, one in body.items()):
        raise AnswerError("the answer is no set of objects by id")
    return body


def walk_pages(ask: Callable[[str | None], Listing], *, at_most: int) -> Iterator[tuple[Listing, bool]]:
    """Yield page after page, with whether it is the last that may be asked although there are more."""
    after: str | None = None
    for asked in range(1, at_most + 1):
        listing = ask(after)
        after = listing.after
        yield listing, after is not None and asked == at_most
        if after is None:
            return
