"""The Reddit stand-in: application-only OAuth, listings, search and info, as praw 8 speaks to it."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from collectors.standins.matching import Candidate, OperatorTable, QueryError, compile_query, join_words, match_words
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.rates import Allowance, RateWindow
from collectors.standins.reddit_ids import fullname
from collectors.standins.reddit_listing import build_page, is_raw
from collectors.standins.reddit_wire import write_listing, write_thing
from collectors.standins.server import Routes
from collectors.standins.world import Seen, World

LISTING_CAP = 1000
"""No listing reaches further back than this many items."""
TOKEN_SECONDS = 86_400
WINDOW_SECONDS = 600
WINDOW_PHASE_SECONDS = 360
"""Reddit's windows start by its own clock: a client joins one half way, and prawcore paces itself by that."""
_SEARCH_AGES = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_BUSY_PAGE = b"<!doctype html><html><head><title>Too Many Requests</title></head><body>slow down</body></html>"


def _subreddit_operator(value: str) -> Callable[[Candidate], bool]:
    return lambda candidate: f"r/{value.casefold()}" in candidate.flags


OPERATORS: OperatorTable = {
    "author": lambda value: lambda candidate: candidate.author.casefold() == value.casefold(),
    "subreddit": _subreddit_operator,
    "title": match_words,
    "selftext": match_words,
}


class RedditStandIn:
    """Answers for one world; any client id with a secret gets a token, and all requests share one rate limit."""

    def __init__(self, world: World, *, rate_limit: int = 1000, listing_cap: int = LISTING_CAP) -> None:
        self._world = world
        self._cap = listing_cap
        self._lock = threading.Lock()
        self._tokens: set[str] = set()
        self._issued = 0
        self._window = RateWindow(
            limit=rate_limit, window_seconds=WINDOW_SECONDS, now=world.clock.now, phase_seconds=WINDOW_PHASE_SECONDS
        )

    def add_routes(self, routes: Routes) -> None:
        """Put Reddit's endpoints into a route table."""
        routes.add("POST", "/api/v1/access_token", self._token)
        routes.add("GET", "/r/{subreddits}/new", self._guarded(self._new))
        routes.add("GET", "/r/{subreddits}/comments", self._guarded(self._comments))
        routes.add("GET", "/r/{subreddits}/search", self._guarded(self._search))
        routes.add("GET", "/api/info", self._guarded(self._info))

    def set_rate_limit(self, limit: int) -> None:
        """Change the limit of the present window and those to come."""
        self._window.limit = limit

    def expire_tokens(self) -> None:
        """Let every token issued so far be refused with 401."""
        with self._lock:
            self._tokens.clear()

    def _token(self, request: Request, _: Mapping[str, str]) -> Response:
        if not _has_credentials(request.headers.get("authorization", "")):
            return build_json({"message": "Unauthorized", "error": 401}, status=401)
        if dict(parse_qsl(request.body.decode("utf-8", "replace"))).get("grant_type") != "client_credentials":
            return build_json({"error": "unsupported_grant_type"})
        with self._lock:
            self._issued += 1
            token = f"standin-token-{self._issued}"
            self._tokens.add(token)
        return build_json({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "scope": "*"})

    def _guarded(
        self, answer: Callable[[Request, Mapping[str, str]], dict[str, Any]]
    ) -> Callable[[Request, Mapping[str, str]], Response]:
        def handle(request: Request, path: Mapping[str, str]) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            with self._lock:
                known = scheme.casefold() == "bearer" and token in self._tokens
            if not known:
                refusal = {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'}
                return build_json({"message": "Unauthorized", "error": 401}, status=401, headers=refusal)
            allowance = self._window.take()
            headers = self._rate_headers(allowance)
            if not allowance.granted:
                retry = {"retry-after": headers["x-ratelimit-reset"]}
                return Response(status=429, headers=retry, body=_BUSY_PAGE, content_type="text/html; charset=UTF-8")
            try:
                return build_json(answer(request, path), headers=headers)
            except QueryError as error:
                return build_json({"message": str(error), "error": 400}, status=400, headers=headers)

        return handle

    def _rate_headers(self, allowance: Allowance) -> dict[str, str]:
        seconds = (allowance.resets_at - self._world.clock.now()).total_seconds()
        return {
            "x-ratelimit-remaining": f"{allowance.remaining:.1f}",
            "x-ratelimit-used": str(allowance.used),
            "x-ratelimit-reset": str(max(1, int(seconds))),
        }

    def _new(self, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        inside = _within(path["subreddits"])
        return self._page(request, (seen for seen in self._world.see_all() if inside(seen) and _is_submission(seen)))

    def _comments(self, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        inside = _within(path["subreddits"])
        return self._page(
            request, (seen for seen in self._world.see_all() if inside(seen) and not _is_submission(seen))
        )

    def _search(self, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        matches = compile_query(request.query.get("q", ""), operators=OPERATORS)
        restricted = request.query.get("restrict_sr", "").casefold() in {"1", "true", "on"}
        inside = _within(path["subreddits"] if restricted else "all")
        age = _SEARCH_AGES.get(request.query.get("t", "all"))
        since = self._world.clock.now() - age if age else None
        found = (
            seen
            for seen in self._world.see_all()
            if _is_submission(seen)
            and inside(seen)
            and (since is None or seen.item.created_at >= since)
            and matches(_candidate(seen))
        )
        return self._page(request, found)

    def _info(self, request: Request, _: Mapping[str, str]) -> dict[str, Any]:
        names = request.query.get("id", "").split(",")[:100]
        by_name = {fullname(seen.item): seen for seen in self._world.see_all()}
        found = (by_name[name] for name in names if name in by_name)
        things = (write_thing(seen, world=self._world, raw=is_raw(request)) for seen in found)
        return write_listing(things, after=None, before=None)

    def _page(self, request: Request, seen: Iterable[Seen]) -> dict[str, Any]:
        return build_page(request, seen, world=self._world, cap=self._cap)


def _within(subreddits: str) -> Callable[[Seen], bool]:
    names = {name.casefold() for name in subreddits.split("+")}
    return lambda seen: "all" in names or (seen.item.subreddit or "").casefold() in names


def _is_submission(seen: Seen) -> bool:
    return seen.item.reply_to is None


def _candidate(seen: Seen) -> Candidate:
    text = f"{seen.item.title or ''}\n{seen.text}"
    return Candidate(
        text=text,
        words=join_words(text),
        author=seen.item.author,
        flags=frozenset({f"r/{(seen.item.subreddit or '').casefold()}"}),
    )


def _has_credentials(authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return scheme.casefold() == "basic" and bool(client) and bool(secret)
