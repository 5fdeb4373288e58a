"""Asks X through tweepy: recent search and the office's own mentions.

tweepy brings paths, parameters and authorization; the guards of `collectors.transport` bring the limits that it lacks.
Answers are taken as they came (`return_type=requests.Response`): its own objects would lose a page over one odd post.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import requests
import tweepy

from collectors.protocol import Query, RawPage, Window
from collectors.transport import guard_session, hush
from collectors.verdicts import call
from collectors.walk import Walk, advance, begin, read_walk, write_walk
from collectors.x.answers import next_token, positions_in, read_envelope
from collectors.x.ids import first_id_at, moment_of, span_of
from collectors.x.plan import MENTIONS
from sidak.clock import Clock
from sidak.errors import QuarantineError

BASE_URL = "https://api.x.com"
NAMED_BY_TWEEPY = "https://api.twitter.com"
PAGE_POSTS = 100
OVERLAP = timedelta(seconds=60)
"""X shows posts in search within seconds of their making; a walk goes this far below the last one's mark."""
SEARCH_REACH = timedelta(days=7) - timedelta(minutes=5)
"""Recent search reaches seven days back; the margin lets our clock and X's differ."""
MENTIONS_CAP = 800
"""Mentions end after this many: https://docs.x.com/x-api/posts/timelines/introduction"""
PAGES_A_RUN = 100
"""A longer walk is left open and goes on in the next run, so that one query cannot use up the quota."""

FIELDS = (
    "attachments", "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities", "geo",
    "in_reply_to_user_id", "lang", "note_tweet", "possibly_sensitive", "public_metrics", "referenced_tweets",
    "reply_settings", "withheld",
)  # fmt: skip
# Authors and referenced posts are not expanded: each would be paid for, and nobody here may know a handle.
PARAMETERS: Mapping[str, Any] = {
    "tweet_fields": ",".join(FIELDS),
    "expansions": "geo.place_id,attachments.media_keys",
    "place_fields": "country_code,full_name,id,place_type",
    "media_fields": "alt_text,media_key,preview_image_url,type,url",
    "max_results": PAGE_POSTS,
}


def build_client(
    *, credentials: Mapping[str, str], clock: Clock, sleep: Callable[[float], None], rng: random.Random
) -> XClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    hush("tweepy.client")
    client = tweepy.Client(bearer_token=credentials["bearer_token"], return_type=requests.Response)
    guard_session(client.session, reroute={NAMED_BY_TWEEPY: credentials.get("base_url", BASE_URL)})
    offices = frozenset({credentials["user_id"]} if "user_id" in credentials else ())
    return XClient(client, offices=offices, clock=clock, sleep=sleep, rng=rng)


class XClient:
    """Fetches pages newest first, and says with each how far the walk has come."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - tweepy ships no types
        *,
        offices: frozenset[str],
        clock: Clock,
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        self._client = client
        self._offices = offices
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        if window.since or window.until:
            floor = first_id_at(window.since) - 1 if window.since else 0
            ceiling = first_id_at(window.until) if window.until and window.until < now else 0
            walk = Walk(open=True, floor=max(floor, 0), ceiling=ceiling, began_at=now.timestamp())
            for page, _ in self._walk(query, walk):
                yield msgspec.structs.replace(page, cursor=None)
            return
        walk = read_walk(cursor)
        if walk.open:
            for page, state in self._walk(query, walk):
                walk = state
                yield page
        if not walk.open:
            fresh = begin(walk, overlap=span_of(OVERLAP), at=now)
            yield from (page for page, _ in self._walk(query, fresh))

    def _walk(self, query: Query, walk: Walk) -> Iterator[tuple[RawPage, Walk]]:
        """Follow the page tokens; where one is refused, go on below the lowest number seen."""
        bounds, gap = self._bounds(query, walk)
        warnings: tuple[str, ...] = (gap,) if gap else ()
        if bounds is None:
            walk = advance(walk, (), more=False)
            yield self._page(query, {}, walk, warnings=warnings), walk
            return
        token: str | None = None
        asked = seen = 0
        while asked < PAGES_A_RUN:
            try:
                body = self._ask(query, {**bounds, **({_token_name(query): token} if token else {})})
            except QuarantineError as exc:
                if token is None or exc.reason != "bad":
                    raise
                token, bounds = None, {**bounds, **_below(walk)}
                continue
            asked += 1
            items = body.get("data") or []
            seen += len(items)
            positions = positions_in(items)
            refused, token = token, next_token(body)
            if token is not None and token == refused:
                raise QuarantineError(f"{query.id}: X gives the same page again", where=query.id, reason="poison")
            walk = advance(walk, positions, more=token is not None)
            warnings += _warn_of_end(query, walk, asked=asked, seen=seen)
            yield self._page(query, body, walk, warnings=warnings), walk
            warnings = ()
            if token is None:
                return

    def _bounds(self, query: Query, walk: Walk) -> tuple[dict[str, Any] | None, str | None]:
        """Return the bounds to ask with and a gap to report; None where X cannot be asked for any of it."""
        until = _below(walk)
        if _is_mentions(query):
            return until | ({"since_id": str(walk.floor)} if walk.floor else {}), None
        oldest = self._clock() - SEARCH_REACH
        if walk.floor and moment_of(walk.floor) >= oldest:
            return until | {"since_id": str(walk.floor)}, None
        gap = _describe_gap(query, walk, oldest=oldest)
        if walk.ceiling and moment_of(walk.ceiling) <= oldest:
            return None, gap
        return until | {"start_time": oldest}, gap

    def _ask(self, query: Query, bounds: Mapping[str, Any]) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            parameters = {**PARAMETERS, **bounds}
            if _is_mentions(query):
                response = self._client.get_users_mentions(query.text, **parameters)
            else:
                response = self._client.search_recent_tweets(query.text, **parameters)
            return read_envelope(response)

        return call(
            ask,
            doing=f"X, {query.id}",
            failures=(tweepy.TweepyException,),
            clock=self._clock,
            sleep=self._sleep,
            rng=self._rng,
        )

    def _page(self, query: Query, body: Mapping[str, Any], walk: Walk, *, warnings: tuple[str, ...]) -> RawPage:
        includes = body.get("includes")
        return RawPage(
            query=query,
            items=tuple(body.get("data") or ()),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=write_walk(walk),
            includes={**(includes if isinstance(includes, dict) else {}), "offices": self._offices},
            where=query.id,
            warnings=warnings,
        )


def _is_mentions(query: Query) -> bool:
    return query.id.startswith(f"x:{MENTIONS}:")


def _below(walk: Walk) -> dict[str, str]:
    return {"until_id": str(walk.ceiling)} if walk.ceiling else {}


def _token_name(query: Query) -> str:
    return "pagination_token" if _is_mentions(query) else "next_token"


def _warn_of_end(query: Query, walk: Walk, *, asked: int, seen: int) -> tuple[str, ...]:
    if walk.open and asked == PAGES_A_RUN:
        return (f"gap: {query.id}: stopped after {asked} pages; the next pass goes on, a window must be shorter",)
    if not walk.open and _is_mentions(query) and seen >= MENTIONS_CAP:
        return (f"gap: {query.id}: mentions end after {MENTIONS_CAP} posts; older ones were not given",)
    return ()


def _describe_gap(query: Query, walk: Walk, *, oldest: datetime) -> str | None:
    """Return the stretch that was never covered and is now out of reach."""
    if walk.covered_at:
        missed_from = datetime.fromtimestamp(walk.covered_at, oldest.tzinfo)
    elif walk.floor:
        missed_from = moment_of(walk.floor)
    else:
        return None
    if missed_from >= oldest:
        return None
    return (
        f"gap: {query.id}: nothing can be asked between {missed_from.isoformat(timespec='minutes')} and "
        f"{oldest.isoformat(timespec='minutes')}; recent search reaches seven days back"
    )
