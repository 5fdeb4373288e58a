"""Asks one instance: hashtag timelines and the office's mentions, newest first, by number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from collectors.fields import read_iso
from collectors.mastodon.ids import first_id_at, read_id, span_of
from collectors.mastodon.plan import MENTIONS
from collectors.mastodon.session import Session
from collectors.protocol import Checked, Query, RawPage, Window
from collectors.walk import Walk, advance, go_on, go_once, read_walk, write_walk
from sidak.clock import Clock
from sidak.errors import QuarantineError

PAGE_POSTS = 40
LOOK_UP_POSTS = 20
PAGES_A_RUN = 50
OVERLAP = timedelta(hours=1)
"""Posts of other instances arrive late, and are numbered by the moment they were made."""
MENTIONS_OVERLAP = 40
"""Notifications are numbered as they come in, one after the other."""


def build_client(
    *, credentials: Mapping[str, str], clock: Clock, sleep: Callable[[float], None], rng: random.Random
) -> MastodonClient:
    """Return a client of the instance at `base_url`."""
    session = Session(credentials, clock=clock, sleep=sleep, rng=rng)
    return MastodonClient(session, handle=credentials.get("handle", ""), clock=clock)


class MastodonClient:
    """Fetches pages newest first, and says with each how far the walk has come."""

    def __init__(self, session: Session, *, handle: str, clock: Clock) -> None:
        self._session = session
        self._offices = _names_of(handle, session.host)
        self._clock = clock

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        if window:
            numbered = query.text != MENTIONS
            walk = Walk(
                open=True,
                floor=first_id_at(window.since) - 1 if window.since and numbered else 0,
                ceiling=first_id_at(window.until) if window.until and numbered else 0,
                began_at=now.timestamp(),
            )
            for page in go_once(partial(self._walk, query), walk):
                yield msgspec.structs.replace(page, items=tuple(one for one in page.items if _inside(one, window)))
                if page.items and all(_is_before(item, window) for item in page.items):
                    return
            return
        known_rules = cursor.get("rules") if isinstance(cursor, dict) else None
        overlap = MENTIONS_OVERLAP if query.text == MENTIONS else span_of(OVERLAP)
        for page in go_on(partial(self._walk, query), read_walk(cursor), overlap=overlap, at=now):
            yield self._tell_rules(page, known_rules)

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Yield what the instance says of its stored posts now; those of another instance are not asked for."""
        prefix = f"{self._session.host}/"
        numbers = [id.removeprefix(prefix) for id in ids if id.startswith(prefix)]
        for start in range(0, len(numbers), LOOK_UP_POSTS):
            asked = numbers[start : start + LOOK_UP_POSTS]
            items = self._session.ask(
                lambda asked=asked: self._session.library.statuses(asked),  # type: ignore[misc]  # bound at once
                path="/api/v1/statuses",
                doing="Mastodon, look-up of stored posts",
            )
            found = {item.get("id") for item in items if isinstance(item, dict)}
            query = Query(id="mastodon:recheck", source="mastodon", lane="overheard", text="recheck")
            yield Checked(
                page=self._page(query, items, Walk()),
                asked=tuple(prefix + number for number in asked),
                gone=tuple(prefix + number for number in asked if number not in found),
            )

    def _walk(self, query: Query, walk: Walk) -> Iterator[tuple[RawPage, Walk]]:
        """Ask below the lowest number seen until nothing is left: a page may be short though there is more."""
        for asked in range(1, PAGES_A_RUN + 1):
            items = self._ask(query, walk)
            positions = [number for item in items if (number := _number(item)) is not None]
            lower = [number for number in positions if not walk.ceiling or number < walk.ceiling]
            walk = advance(walk, self._clamp(query, positions), more=bool(items))
            yield self._page(query, items, walk, warnings=_warn_of_end(query, walk, asked=asked)), walk
            if not items:
                return
            if not lower:
                raise QuarantineError(f"{query.id}: Mastodon gives no post to go on from", where=query.id)

    def _clamp(self, query: Query, positions: list[int]) -> list[int]:
        """A moment ahead of ours is no mark: what came before it would be taken for seen."""
        if query.text == MENTIONS:
            return positions
        highest = first_id_at(self._clock() + timedelta(seconds=1))
        return [min(position, highest) for position in positions]

    def _ask(self, query: Query, walk: Walk) -> list[Any]:
        library = self._session.library
        bounds: dict[str, Any] = {"limit": PAGE_POSTS}
        bounds |= {"max_id": str(walk.ceiling)} if walk.ceiling else {}
        bounds |= {"since_id": str(walk.floor)} if walk.floor > 0 else {}
        doing = f"Mastodon, {query.id}"
        if query.text == MENTIONS:
            return self._session.ask(
                lambda: library.notifications(types=["mention"], **bounds), path="/api/v1/notifications", doing=doing
            )
        tag = query.text.removeprefix("#")
        return self._session.ask(
            lambda: library.timeline_hashtag(tag, **bounds), path=f"/api/v1/timelines/tag/{tag}", doing=doing
        )

    def _page(self, query: Query, items: list[Any], walk: Walk, *, warnings: tuple[str, ...] = ()) -> RawPage:
        wanted = [item for item in items if query.lane == "addressed" or not _is_unwilling(item)]
        left = len(items) - len(wanted)
        if left:
            warnings += (f"{query.text}: {left} posts were left whose authors ask not to be indexed",)
        return RawPage(
            query=query,
            items=tuple(wanted),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=write_walk(walk),
            includes={"host": self._session.host, "offices": self._offices},
            where=query.text,
            warnings=warnings,
        )

    def _tell_rules(self, page: RawPage, known: object) -> RawPage:
        """Keep the rules' digest with the cursor, and say when it is another than before."""
        rules = self._session.rules() or known
        changed = known is not None and rules != known
        said = (
            (f"rules: {self._session.host} changed its rules; read them, and renew the clearance",) if changed else ()
        )
        cursor = {**page.cursor, **({"rules": rules} if rules is not None else {})}
        return msgspec.structs.replace(page, cursor=cursor, warnings=(*page.warnings, *said))


def _names_of(handle: str, host: str) -> frozenset[str]:
    """Return how the office's account is written: with its host, and without it on its own instance."""
    name, _, home = handle.strip().lstrip("@").lower().partition("@")
    names = {name, f"{name}@{host}"} if not home or home == host else {f"{name}@{home}"}
    return frozenset(names if name else ())


def _status(item: object) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        return {}
    status = item.get("status", item)
    return status if isinstance(status, Mapping) else {}


def _number(item: object) -> int | None:
    return read_id(item.get("id")) if isinstance(item, Mapping) else None


def _is_unwilling(item: object) -> bool:
    account = _status(item).get("account")
    return isinstance(account, Mapping) and account.get("noindex") is True


def _inside(item: object, window: Window) -> bool:
    return window.holds(read_iso(_status(item).get("created_at")))


def _is_before(item: object, window: Window) -> bool:
    moment = read_iso(_status(item).get("created_at"))
    return moment is not None and window.since is not None and moment < window.since


def _warn_of_end(query: Query, walk: Walk, *, asked: int) -> tuple[str, ...]:
    if walk.open and asked == PAGES_A_RUN:
        return (f"gap: {query.id}: stopped after {asked} pages; the next pass goes on, a window must be shorter",)
    return ()
