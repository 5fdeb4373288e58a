"""Asks X through tweepy: recent search and the office's own mentions.

tweepy brings paths, parameters and authorization; the guards of `collectors.transport` bring the limits that it lacks.
Answers are taken as they came (`return_type=requests.Response`): its own objects would lose a page over one odd post.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
import requests
import tweepy

from collectors.protocol import Checked, Query, RawPage, Window
from collectors.purse import LEAST_POSTS, Purse
from collectors.transport import StatusError, guard_session, hush
from collectors.verdicts import call
from collectors.walk import Walk, advance, go_on, go_once, read_walk, write_walk
from collectors.x.answers import history_of, next_token, positions_in, read_envelope, read_lookup
from collectors.x.ids import first_id_at, moment_of, read_id, span_of
from collectors.x.plan import MENTIONS
from collectors.x.spelling import Spelling, respell
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
LOOKED_UP_AT_ONCE = 100
Read = TypeVar("Read")


def build_client(
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
    purse: Purse,
) -> XClient:
    """Return a client; `base_url` among the credentials leads it elsewhere, as for a stand-in."""
    hush("tweepy.client")
    client = tweepy.Client(bearer_token=credentials["bearer_token"], return_type=requests.Response)
    guard_session(client.session, reroute={NAMED_BY_TWEEPY: credentials.get("base_url", BASE_URL)})
    offices = frozenset({credentials["user_id"]} if "user_id" in credentials else ())
    return XClient(client, offices=offices, clock=clock, sleep=sleep, rng=rng, purse=purse)


class Asked(msgspec.Struct, Generic[Read], frozen=True, kw_only=True):
    """One question to X: how each spelling asks it, how its answer is read, and how many posts that has to be paid."""

    method: str
    """tweepy's, which speaks the older spelling."""
    route: str
    parameters: Mapping[str, Any]
    read: Callable[[requests.Response], Read]
    size: Callable[[Read], int]
    own: bool = False
    """Whether it is about the office's own account, which costs less."""

    @property
    def looked_up(self) -> int:
        """How many posts are asked for by their ids; 0 of a page, whose size can be chosen."""
        return len(self.parameters.get("ids", ()))


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
        purse: Purse | None = None,
    ) -> None:
        self._client = client
        self._purse = purse or Purse()
        self._offices = offices
        self._clock = clock
        self._sleep = sleep
        self._rng = rng
        self._spelling: Spelling = "tweet"

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages: with a window that stretch and no cursor, else everything since the last walk."""
        now = self._clock()
        if window:
            floor = first_id_at(window.since) - 1 if window.since else 0
            ceiling = first_id_at(window.until) if window.until and window.until < now else 0
            walk = Walk(open=True, floor=max(floor, 0), ceiling=ceiling, began_at=now.timestamp())
            yield from go_once(partial(self._walk, query), walk)
        else:
            yield from go_on(partial(self._walk, query), read_walk(cursor), overlap=span_of(OVERLAP), at=now)

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Look stored posts up by their first version, and by the newest one where they were edited."""
        query = Query(id="x:recheck", source="x", lane="overheard", text="recheck")
        for start in range(0, len(ids), LOOKED_UP_AT_ONCE):
            wanted = ids[start : start + LOOKED_UP_AT_ONCE]
            items, gone = self._look_up(wanted)
            newest = {max(history_of(item)): item for item in items if history_of(item)}
            edited = [str(last) for last, item in newest.items() if read_id(item.get("id")) != last]
            later = self._look_up(edited)[0] if edited else []
            # A version that was replaced says nothing of how the post reads now.
            current = [item for item in items if _is_newest(item)] + later
            answered = {str(number) for item in current for number in (*history_of(item), _id_of(item))}
            page = RawPage(
                query=query,
                items=tuple(current),
                fetched_at=self._clock(),
                cursor_key=query.id,
                cursor=None,
                includes={"offices": self._offices},
                where=query.id,
            )
            told = tuple(id for id in wanted if id in answered or id in gone)
            yield Checked(page=page, asked=told, gone=tuple(id for id in wanted if id in gone))

    def _look_up(self, ids: Sequence[str]) -> tuple[list[Any], frozenset[str]]:
        parameters = {name: value for name, value in PARAMETERS.items() if name != "max_results"}
        asked = Asked(
            method="get_tweets",
            route="/2/tweets",
            parameters={"ids": list(ids), **parameters},
            read=read_lookup,
            size=lambda read: len(read[0]),
        )
        return self._call(asked, doing="X, lookup")

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
        parameters = {**PARAMETERS, **bounds}
        if _is_mentions(query):
            asked = Asked(
                method="get_users_mentions",
                route=f"/2/users/{query.text}/mentions",
                parameters={"id": query.text, **parameters},
                read=read_envelope,
                size=_posts_in,
                own=True,
            )
        else:
            asked = Asked(
                method="search_recent_tweets",
                route="/2/tweets/search/recent",
                parameters={"query": query.text, **parameters},
                read=read_envelope,
                size=_posts_in,
            )
        return self._call(asked, doing=f"X, {query.id}")

    def _call(self, asked: Asked[Read], *, doing: str) -> Read:
        return call(
            partial(self._ask_as_spelt, asked),
            doing=doing,
            failures=(tweepy.TweepyException,),
            clock=self._clock,
            sleep=self._sleep,
            rng=self._rng,
        )

    def _ask_as_spelt(self, asked: Asked[Read]) -> Read:
        """Ask in the spelling that X took last, and once in the other one where it refuses that."""
        try:
            return self._pay_and_ask(asked)
        except StatusError as exc:
            if exc.status != 400 or f"{self._spelling}.fields" not in exc.start:
                raise
            self._spelling = "post" if self._spelling == "tweet" else "tweet"
        return self._pay_and_ask(asked)

    def _pay_and_ask(self, asked: Asked[Read]) -> Read:
        """Pay for what may come and ask for no more than was paid; a refused request is paid back."""
        most, least = asked.looked_up or PAGE_POSTS, asked.looked_up or LEAST_POSTS
        with self._purse.pay(most, own=asked.own, least=least, lookup=bool(asked.looked_up)) as payment:
            try:
                answer = asked.read(self._send(asked, most=payment.posts))
            except StatusError:
                self._purse.refund(payment)
                raise
            payment.returned = asked.size(answer)
            return answer

    def _send(self, asked: Asked[Any], *, most: int) -> requests.Response:
        parameters = asked.parameters if asked.looked_up else {**asked.parameters, "max_results": most}
        response: requests.Response
        if self._spelling == "tweet":
            response = getattr(self._client, asked.method)(**parameters)
        else:
            given = {name: value for name, value in parameters.items() if name != "id"}
            response = self._client.request("GET", asked.route, params=respell(given))
        return response

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


def _posts_in(body: Mapping[str, Any]) -> int:
    return len(body.get("data") or [])


def _id_of(item: object) -> object:
    return item.get("id") if isinstance(item, dict) else None


def _is_newest(item: object) -> bool:
    own = read_id(_id_of(item))
    return max(history_of(item), default=own) == own


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
