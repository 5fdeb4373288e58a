"""The X stand-in: recent search, mentions, lookup and users of API v2, as tweepy 4.17 speaks to it.

Sources: https://docs.x.com/x-api (parameters, limits, error bodies); read in the published specification.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from collectors.standins.matching import Candidate, Predicate, QueryError, compile_query, join_words
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.rates import Allowance, RateWindow
from collectors.standins.server import Routes
from collectors.standins.world import Seen, World
from collectors.standins.x_ids import first_id_at, moment_of, post_id, user_id
from collectors.standins.x_params import (
    XError,
    build_problem,
    invalid,
    read_bounds,
    read_moment,
    read_number,
    read_page_size,
    write_token,
)
from collectors.standins.x_query import OPERATORS
from collectors.standins.x_wire import Spelling, full_text, parse_wanted, respell, write_posts, write_user

SEARCH_DAYS = 7
QUERY_CHARACTERS = 512


class XStandIn:
    """Answers for one world; a bearer token is required and each endpoint has its own rate limit."""

    def __init__(
        self,
        world: World,
        *,
        spelling: Spelling = "tweet",
        rate_limit: int = 450,
        query_characters: int = QUERY_CHARACTERS,
    ) -> None:
        self._world = world
        self._spelling = spelling
        self.strict = False
        """Refuse parameters in the other spelling, as a platform that has moved on would."""
        self._query_characters = query_characters
        self._limits = {
            name: RateWindow(limit=rate_limit, window_seconds=900, now=world.clock.now)
            for name in ("search", "mentions", "lookup", "users")
        }

    def add_routes(self, routes: Routes) -> None:
        """Put X's endpoints into a route table."""
        routes.add("GET", "/2/tweets/search/recent", self._guarded("search", self._search))
        routes.add("GET", "/2/users/{id}/mentions", self._guarded("mentions", self._mentions))
        routes.add("GET", "/2/users/by/username/{name}", self._guarded("users", self._user))
        routes.add("GET", "/2/tweets", self._guarded("lookup", self._lookup))

    def set_rate_limit(self, limit: int) -> None:
        """Change the limit of every endpoint for windows to come and the present one."""
        for window in self._limits.values():
            window.limit = limit

    def _guarded(
        self, name: str, answer: Callable[[Request, Mapping[str, str]], dict[str, Any]]
    ) -> Callable[[Request, Mapping[str, str]], Response]:
        def handle(request: Request, path: Mapping[str, str]) -> Response:
            if not request.headers.get("authorization", "").startswith("Bearer "):
                return build_problem(401, "Unauthorized", "Unauthorized")
            allowance = self._limits[name].take()
            headers = _rate_headers(allowance)
            if not allowance.granted:
                return build_problem(429, "Too Many Requests", "Too Many Requests", headers=headers)
            try:
                self._check_spelling(request)
                return build_json(respell(answer(request, path), self._spelling), headers=headers)
            except XError as error:
                return error.response

        return handle

    def _check_spelling(self, request: Request) -> None:
        other = "tweet.fields" if self._spelling == "post" else "post.fields"
        if self.strict and other in request.query:
            raise invalid(other, request.query[other], f"The query parameter [{other}] is not known")

    def _search(self, request: Request, _: Mapping[str, str]) -> dict[str, Any]:
        query = request.query.get("query", "")
        self._check_query(query)
        self._check_window(request.query)
        matches = _compile(query)
        floor = first_id_at(self._world.clock.now() - timedelta(days=SEARCH_DAYS))
        return self._page(request, floor=floor, wanted=lambda seen: matches(self._candidate(seen)))

    def _mentions(self, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        def mentions(seen: Seen) -> bool:
            words = (word.rstrip(":,.!?)…") for word in full_text(seen, world=self._world).split() if word[0] == "@")
            return any(user_id(word[1:]) == path["id"] for word in words)

        return self._page(request, floor=0, wanted=mentions)

    def _lookup(self, request: Request, _: Mapping[str, str]) -> dict[str, Any]:
        ids = request.query.get("ids", "").split(",")
        if not all(id.isdecimal() for id in ids) or len(ids) > 100:
            raise invalid("ids", request.query.get("ids", ""), "must be 1 to 100 numeric ids")
        live = {
            str(post_id(seen.item, version)): _at(seen, version)
            for seen in self._world.see_live()
            for version in range(seen.version + 1)
        }
        found = [live[id] for id in dict.fromkeys(ids) if id in live]
        answer = write_posts(found, world=self._world, wanted=parse_wanted(request.query)) if found else {}
        errors = [_not_found(id, self._spelling) for id in dict.fromkeys(ids) if id not in live]
        return answer | ({"errors": errors} if errors else {})

    def _user(self, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        return {"data": write_user(path["name"], fields=parse_wanted(request.query).user_fields)}

    def _page(self, request: Request, *, floor: int, wanted: Callable[[Seen], bool]) -> dict[str, Any]:
        bounds = read_bounds(request.query, floor=floor)
        size = read_page_size(request.query)
        newest_first = sorted(self._world.see_live(), key=lambda seen: -post_id(seen.item, seen.version))
        inside = (seen for seen in newest_first if bounds[0] < post_id(seen.item, seen.version) < bounds[1])
        found = []
        for seen in inside:
            if wanted(seen):
                found.append(seen)
            if len(found) > size:
                break
        page = found[:size]
        if not page:
            return {"meta": {"result_count": 0}}
        ids = [str(post_id(seen.item, seen.version)) for seen in page]
        meta: dict[str, Any] = {"newest_id": ids[0], "oldest_id": ids[-1], "result_count": len(page)}
        if len(found) > size:
            meta["next_token"] = write_token(ids[-1])
        return write_posts(page, world=self._world, wanted=parse_wanted(request.query)) | {"meta": meta}

    def _candidate(self, seen: Seen) -> Candidate:
        item = seen.item
        text = full_text(seen, world=self._world)
        flags = {"retweet": item.repost_of, "quote": item.quote_of, "reply": item.reply_to}
        return Candidate(
            text=text,
            words=join_words(text),
            language=item.language,
            author=item.author,
            flags=frozenset(name for name, reference in flags.items() if reference),
        )

    def _check_query(self, query: str) -> None:
        if not query or len(query) > self._query_characters:
            raise invalid("query", query, f"query length must be between 1 and {self._query_characters}")

    def _check_window(self, query: Mapping[str, str]) -> None:
        now = self._world.clock.now()
        oldest = now - timedelta(days=SEARCH_DAYS)
        start, end = read_moment(query, "start_time"), read_moment(query, "end_time")
        if start is not None and start < oldest:
            raise invalid("start_time", query["start_time"], f"must be on or after {oldest.isoformat()}")
        if end is not None and end > now - timedelta(seconds=10):
            raise invalid("end_time", query["end_time"], "must be a minimum of 10 seconds prior to the request time")
        if start is not None and end is not None and end <= start:
            raise invalid("end_time", query["end_time"], "must be after start_time")
        since = read_number(query, "since_id")
        if since is not None and moment_of(since) < oldest:
            raise invalid("since_id", query["since_id"], f"must be a post id created after {oldest.isoformat()}")


def _at(seen: Seen, version: int) -> Seen:
    return Seen(item=seen.item, version=version, state=seen.state)


def _compile(query: str) -> Predicate:
    try:
        return compile_query(query, operators=OPERATORS)
    except QueryError as error:
        raise invalid("query", query, str(error)) from error


def _rate_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(allowance.limit),
        "x-rate-limit-remaining": str(allowance.remaining),
        "x-rate-limit-reset": str(int(allowance.resets_at.timestamp())),
    }


def _not_found(id: str, spelling: Spelling) -> dict[str, str]:
    return {
        "value": id,
        "detail": f"Could not find {spelling} with ids: [{id}].",
        "title": "Not Found Error",
        "resource_type": spelling,
        "parameter": "ids",
        "resource_id": id,
        "type": f"https://api.{'x' if spelling == 'post' else 'twitter'}.com/2/problems/resource-not-found",
    }
