"""Asks Reddit through praw: the newest submissions and comments of the watched subreddits.

praw brings authorization and paths; the guards of `collectors.transport` bring the limits, and stand below praw's own
retries and sleeps, which so never happen. Answers are taken as raw JSON (`reddit.request`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import praw
import prawcore

from collectors.fields import read_epoch
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.reddit.session import Budget, build_reddit
from collectors.transport import StatusError, hush
from collectors.verdicts import AnswerError, call
from collectors.walk import Walk, advance, begin, read_walk, write_walk
from sidak.clock import Clock

PAGE_ITEMS = 100
OVERLAP = timedelta(minutes=10)
LISTING_CAP = 1000
"""A listing ends near this many items, however much there is."""
CAP_SUSPECTED = 900
"""A listing that ends after so many items ended because of the cap: removed items count against it unseen."""
ANCHORS = 4
"""How many of a page's last items are tried to go on from, where the last one vanished meanwhile."""


def build_client(
    *, credentials: Mapping[str, str], clock: Clock, sleep: Callable[[float], None], rng: random.Random
) -> RedditClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    hush("prawcore")
    budget = Budget(clock)
    return RedditClient(lambda: build_reddit(credentials, budget), budget=budget, clock=clock, sleep=sleep, rng=rng)


class RedditClient:
    """Fetches listings newest first, down to what the last walk has seen."""

    def __init__(
        self,
        build_reddit: Callable[[], praw.Reddit],
        *,
        budget: Budget,
        clock: Clock,
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        self._build_reddit = build_reddit
        self._reddit = build_reddit()
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk.

        A listing cannot be asked below a moment, so a walk that was broken off begins anew: the mark has not moved.
        """
        incremental = not window
        before = read_walk(cursor)
        if incremental:
            walk = begin(before, overlap=int(OVERLAP.total_seconds()), at=self._clock())
        else:
            walk = Walk(open=True, floor=int(window.since.timestamp()) if window.since else 0)
        anchors: list[str] = []
        seen = 0
        while walk.open:
            floor, lowest = walk.floor, walk.ceiling
            items, after = self._ask_below(query, anchors)
            seen += len(items)
            positions = [position for item in items if (position := _position(item)) is not None]
            reached = any(position <= floor for position in positions)
            walk = self._advance(walk, positions, more=after is not None and not reached)
            capped = not walk.open and not reached and floor > 0 and seen >= CAP_SUSPECTED
            yield RawPage(
                query=query,
                items=tuple(item for item in items if window.holds(_moment(item))),
                fetched_at=self._clock(),
                cursor_key=query.id,
                cursor=write_walk(before if walk.open else walk) if incremental else None,
                where=query.text,
                warnings=(_describe_gap(query, floor, positions or [lowest]),) if capped else (),
            )
            anchors = [after or "", *_names(items)]

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Look stored submissions and comments up; deleted ones come blanked, and what does not come is gone."""
        query = Query(id="reddit:recheck", source="reddit", lane="overheard", text="api/info")
        for start in range(0, len(ids), PAGE_ITEMS):
            wanted = ids[start : start + PAGE_ITEMS]
            items, _ = _read_listing(self._ask(query, {"id": ",".join(wanted), "limit": PAGE_ITEMS}))
            found = set(_names(items))
            page = RawPage(
                query=query,
                items=tuple(items),
                fetched_at=self._clock(),
                cursor_key=query.id,
                cursor=None,
                where=query.text,
            )
            yield Checked(page=page, asked=tuple(wanted), gone=tuple(id for id in wanted if id not in found))

    def _advance(self, walk: Walk, positions: list[int], *, more: bool) -> Walk:
        """A moment ahead of ours is no mark: what came before it would be taken for seen."""
        now = int(self._clock().timestamp())
        return advance(walk, [min(position, now) for position in positions], more=more)

    def _ask_below(self, query: Query, anchors: list[str]) -> tuple[list[Any], str | None]:
        """Return the items below the first anchor that Reddit still knows; an empty page means that it does not."""
        items: list[Any] = []
        after: str | None = None
        for anchor in list(dict.fromkeys(anchors))[:ANCHORS] or [""]:
            items, after = _read_listing(
                self._ask(query, {"limit": PAGE_ITEMS} | ({"after": anchor} if anchor else {}))
            )
            if items:
                break
        return items, after

    def _ask(self, query: Query, parameters: Mapping[str, Any]) -> dict[str, Any]:
        doing = f"Reddit, {query.text}"
        refused = False

        def ask() -> dict[str, Any]:
            nonlocal refused
            self._budget.check()
            try:
                return _read_envelope(self._reddit.request(method="GET", path=query.text, params=dict(parameters)))
            except prawcore.RequestException as exc:
                cause = exc.original_exception
                if refused or not isinstance(cause, StatusError) or cause.status != 401:
                    raise
                refused = True  # the token may have been withdrawn: one new one is fair
                self._reddit = self._build_reddit()
            return _read_envelope(self._reddit.request(method="GET", path=query.text, params=dict(parameters)))

        return call(
            ask,
            doing=doing,
            failures=(prawcore.PrawcoreException, praw.exceptions.PRAWException),
            clock=self._clock,
            sleep=self._sleep,
            rng=self._rng,
        )


def _read_envelope(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise AnswerError(f"the answer is {type(body).__name__}, not an object")
    data = body.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("children"), list):
        raise AnswerError("the answer is no listing")
    return data


def _read_listing(data: Mapping[str, Any]) -> tuple[list[Any], str | None]:
    after = data.get("after")
    return data["children"], after if isinstance(after, str) and after else None


def _data_of(item: object) -> Mapping[str, Any]:
    data = item.get("data") if isinstance(item, dict) else None
    return data if isinstance(data, dict) else {}


def _moment(item: object) -> datetime | None:
    return read_epoch(_data_of(item).get("created_utc"))


def _position(item: object) -> int | None:
    moment = _moment(item)
    return max(int(moment.timestamp()), 0) if moment else None


def _names(items: list[Any]) -> list[str]:
    """Return the fullnames of a page's items, last first."""
    names = (_data_of(item).get("name") for item in reversed(items))
    return [name for name in names if isinstance(name, str) and name]


def _describe_gap(query: Query, floor: int, positions: list[int]) -> str:
    oldest = min(positions, default=floor)
    times = [datetime.fromtimestamp(second, UTC).isoformat(timespec="minutes") for second in (floor, oldest)]
    return (
        f"gap: {query.text}: nothing can be asked between {times[0]} and {times[1]}; "
        f"a listing ends near {LISTING_CAP} items"
    )
