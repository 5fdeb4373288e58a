"""Asks Bluesky through httpx: search, newest first, and the look-up of stored posts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from collectors.bluesky.addresses import read_address, sorted_at
from collectors.bluesky.session import Session
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.seal import Seal
from collectors.walk import Walk, advance, go_on, go_once, read_walk, write_walk
from sidak.clock import Clock
from sidak.errors import QuarantineError
from sidak.ids import Pseudonymizer

PAGE_POSTS = 100
LOOK_UP_POSTS = 25
PAGES_A_RUN = 50
OVERLAP = timedelta(minutes=10)
"""Search shows posts some time after their making."""
SEARCH, LOOK_UP = "app.bsky.feed.searchPosts", "app.bsky.feed.getPosts"
TICK = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def build_client(
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
    pseudonymize: Pseudonymizer,
) -> BlueskyClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    session = Session(credentials, clock=clock, sleep=sleep, rng=rng)
    return BlueskyClient(session, seal=Seal(pseudonymize, "bluesky"), clock=clock)


class BlueskyClient:
    """Fetches pages newest first, and says with each how far the walk has come."""

    def __init__(self, session: Session, *, seal: Seal, clock: Clock) -> None:
        self._session = session
        self._seal = seal
        self._clock = clock

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        if window:
            walk = Walk(
                open=True,
                floor=_position(window.since) - 1 if window.since else 0,
                ceiling=_position(window.until) - 1 if window.until else 0,
                began_at=now.timestamp(),
            )
            yield from go_once(partial(self._walk, query), walk)
        else:
            yield from go_on(partial(self._walk, query), read_walk(cursor), overlap=OVERLAP // TICK, at=now)

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Yield what Bluesky says of stored posts now; an id that does not open is not asked for."""
        opened = {address: id for id in ids if (address := self._seal.open(id)) is not None}
        addresses = list(opened)
        for start in range(0, len(addresses), LOOK_UP_POSTS):
            asked = addresses[start : start + LOOK_UP_POSTS]
            body = self._session.ask(LOOK_UP, {"uris": asked}, doing="Bluesky, look-up of stored posts")
            found = {item.get("uri") for item in body["posts"] if isinstance(item, dict)}
            query = Query(id="bluesky:recheck", source="bluesky", lane="overheard", text="recheck")
            yield Checked(
                page=self._page(query, body["posts"], Walk()),
                asked=tuple(opened[address] for address in asked),
                gone=tuple(opened[address] for address in asked if address not in found),
            )

    def _walk(self, query: Query, walk: Walk) -> Iterator[tuple[RawPage, Walk]]:
        """Follow the page cursors; where they end or are refused, go on below the lowest post until nothing is new."""
        token: str | None = None
        seen: set[object] = set()
        bounds = _bounds(walk)
        asked = 0
        while asked < PAGES_A_RUN:
            try:
                body = self._ask(query, {**bounds, **({"cursor": token} if token else {})})
            except QuarantineError as exc:
                if token is None or exc.reason != "bad":
                    raise
                token, bounds = None, _bounds(walk)
                continue
            asked += 1
            items: list[Any] = body["posts"]
            names = {_name(item) for item in items} - seen
            seen |= names
            refused, token = token, _read_token(body) if items else None
            if token is not None and token == refused:
                raise QuarantineError(f"{query.id}: Bluesky gives the same page again", where=query.id)
            positions = self._positions(items)
            below = any(position < walk.floor for position in positions)
            again = token is None and bool(names)  # page cursors may end early
            walk = advance(walk, positions, more=not below and (token is not None or again))
            yield self._page(query, items, walk, warnings=_warn_of_end(query, walk, asked=asked)), walk
            if not walk.open:
                return
            if again:
                bounds = _bounds(walk)

    def _positions(self, items: list[Any]) -> list[int]:
        """A moment ahead of ours is no mark: what came before it would be taken for seen."""
        now = self._clock()
        moments = (sorted_at(item) for item in items)
        return [max(_position(min(moment, now)), 0) for moment in moments if moment is not None]

    def _ask(self, query: Query, bounds: Mapping[str, Any]) -> dict[str, Any]:
        params: dict[str, Any] = {"q": query.text, "sort": "latest", "limit": PAGE_POSTS, **bounds}
        if query.text.startswith("@"):
            params["mentions"] = query.text[1:]
        elif query.text.startswith("#"):
            params["tag"] = query.text[1:]
        return self._session.ask(SEARCH, params, doing=f"Bluesky, {query.id}")

    def _page(self, query: Query, items: list[Any], walk: Walk, *, warnings: tuple[str, ...] = ()) -> RawPage:
        did = self._session.did
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=write_walk(walk),
            includes={"offices": frozenset({did} if did else ())},
            where=query.id,
            warnings=warnings,
        )


def _bounds(walk: Walk) -> dict[str, str]:
    """`since` is inclusive, `until` is not: the lowest moment seen is asked for once more, others may share it."""
    since = {"since": _moment(walk.floor)} if walk.floor > 0 else {}
    return since | ({"until": _moment(walk.ceiling + 1)} if walk.ceiling > 0 else {})


def _position(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def _moment(position: int) -> str:
    return (EPOCH + position * TICK).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _name(item: object) -> object:
    """Return what tells a post apart; an odd one is new each time it is met in another form."""
    address = item.get("uri") if isinstance(item, dict) else None
    return address if read_address(address) else repr(item)[:500]


def _read_token(body: Mapping[str, Any]) -> str | None:
    token = body.get("cursor")
    return token if isinstance(token, str) and token else None


def _warn_of_end(query: Query, walk: Walk, *, asked: int) -> tuple[str, ...]:
    if walk.open and asked == PAGES_A_RUN:
        return (f"gap: {query.id}: stopped after {asked} pages; the next pass goes on, a window must be shorter",)
    return ()
