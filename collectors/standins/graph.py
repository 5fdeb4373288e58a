"""The Graph stand-in: Facebook pages and Instagram under one address, with Meta's cursors, codes and usage headers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from collectors.standins.graph_wire import (
    account_id,
    comment_id,
    hashtag_id,
    hashtags_of,
    object_number,
    page_of,
    post_id,
    top_of,
    write_comment,
    write_media,
    write_media_comment,
    write_post,
)
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes
from collectors.standins.world import Seen, World

VERSION = "v25.0"
HASHTAG_LIMIT = 30
HASHTAG_DAYS = 7
Thing = tuple[Seen, Callable[[], dict[str, Any]]]
"""What an edge lists, and how it is written."""


class GraphError(Exception):
    """A request that Graph refuses; carries the answer."""

    def __init__(self, status: int, code: int, *, subcode: int | None = None) -> None:
        super().__init__(code)
        error: dict[str, Any] = {"message": f"(#{code}) refused", "type": "OAuthException", "code": code}
        if subcode is not None:
            error["error_subcode"] = subcode
        self.response = build_json({"error": error | {"fbtrace_id": "Astandin"}}, status=status)


class GraphStandIn:
    """Answers for Facebook's and Instagram's worlds; a bearer token is required."""

    def __init__(self, facebook: World, instagram: World, *, office: str) -> None:
        self.usage = 3
        """Percent of the app's limit that every answer tells."""
        self._facebook = facebook
        self._instagram = instagram
        self._office = office
        self._tags: dict[str, Any] = {}

    def add_routes(self, routes: Routes) -> None:
        """Put Graph's endpoints into a route table."""
        routes.add("GET", f"/{VERSION}/", self._guarded(self._look_up))
        routes.add("GET", f"/{VERSION}/ig_hashtag_search", self._guarded(self._hashtag))
        routes.add("GET", f"/{VERSION}/{{id}}", self._guarded(self._one))
        routes.add("GET", f"/{VERSION}/{{id}}/{{edge}}", self._guarded(self._edge))

    def _guarded(
        self, answer: Callable[[Request, Mapping[str, str]], dict[str, Any]]
    ) -> Callable[[Request, Mapping[str, str]], Response]:
        def handle(request: Request, path: Mapping[str, str]) -> Response:
            headers = {"x-app-usage": json.dumps({"call_count": self.usage, "total_time": 1, "total_cputime": 1})}
            try:
                self._admit(request)
                return build_json(answer(request, path), headers=headers)
            except GraphError as error:
                return error.response

        return handle

    def _admit(self, request: Request) -> None:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise GraphError(400, 190)
        if self.usage >= 100:
            raise GraphError(400, 4)

    def _edge(self, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        edges = {
            "feed": self._posts,
            "published_posts": self._posts,
            "tagged": self._tagged,
            "comments": self._comments,
            "tags": self._tags_of,
            "media": self._media,
            "recent_media": self._recent_media,
        }
        if path["edge"] not in edges:
            raise GraphError(400, 2500)
        things = edges[path["edge"]](request, path["id"])
        if since := request.query.get("since"):
            things = [thing for thing in things if thing[0].item.created_at.timestamp() >= float(since)]
        return _cut(things, request.query, same_cursor=path["edge"] == "recent_media")

    def _posts(self, request: Request, page: str) -> list[Thing]:
        own_only = request.path.rstrip("/").endswith("published_posts")
        return [
            (seen, self._post_writer(seen))
            for seen in _newest_first(self._facebook)
            if not seen.item.reply_to
            and account_id(page_of(seen.item, self._facebook)) == page
            and (not own_only or account_id(seen.item.author) == page)
        ]

    def _tagged(self, _: Request, page: str) -> list[Thing]:
        return [
            (seen, self._post_writer(seen))
            for seen in _newest_first(self._facebook)
            if not seen.item.reply_to
            and page == account_id(self._office)
            and f"@{self._office}" in seen.text
            and page_of(seen.item, self._facebook) != self._office
        ]

    def _comments(self, _: Request, id: str) -> list[Thing]:
        if "_" not in id:
            return self._media_comments(id)
        found = [
            s for s in _newest_first(self._facebook) if not s.item.reply_to and post_id(s.item, self._facebook) == id
        ]
        if not found:
            raise GraphError(400, 100, subcode=33)
        return [(seen, self._comment_writer(seen)) for seen in self._below(self._facebook, found[0].item.key)]

    def _media_comments(self, id: str) -> list[Thing]:
        world = self._instagram
        below = [seen for seen in _newest_first(world) if seen.item.reply_to and _live_above(seen, world)]
        tops = [s for s in below if object_number(world.item(s.item.reply_to or "")) == id]

        def writer(seen: Seen) -> Callable[[], dict[str, Any]]:
            replies = [one for one in below if one.item.reply_to == seen.item.key]
            return lambda: write_media_comment(seen, world=world, replies=replies)

        return [(seen, writer(seen)) for seen in tops]

    def _tags_of(self, _: Request, user: str) -> list[Thing]:
        wanted = f"@{self._office}" if user == account_id(self._office) else "@nobody"
        return [
            (seen, self._media_writer(seen, with_author=True)) for seen in self._media_posts() if wanted in seen.text
        ]

    def _media(self, _: Request, user: str) -> list[Thing]:
        own = [seen for seen in self._media_posts() if account_id(seen.item.author) == user]
        return [(seen, self._media_writer(seen, with_author=False)) for seen in own]

    def _hashtag(self, request: Request, _: Mapping[str, str]) -> dict[str, Any]:
        tag = request.query.get("q", "").casefold()
        now = self._instagram.clock.now()
        self._tags = {name: at for name, at in self._tags.items() if now - at < timedelta(days=HASHTAG_DAYS)}
        if tag not in self._tags and len(self._tags) >= HASHTAG_LIMIT:
            raise GraphError(400, 18, subcode=2207034)
        if not any(tag in hashtags_of(seen) for seen in self._media_posts()):
            raise GraphError(400, 24, subcode=2207024)
        self._tags.setdefault(tag, now)
        return {"data": [{"id": hashtag_id(tag)}]}

    def _recent_media(self, request: Request, id: str) -> list[Thing]:
        if not request.query.get("user_id"):
            raise GraphError(400, 100)
        since = self._instagram.clock.now() - timedelta(hours=24)
        return [
            (seen, self._media_writer(seen, with_author=False))
            for seen in self._media_posts()
            if seen.item.created_at >= since and id in {hashtag_id(tag) for tag in hashtags_of(seen)}
        ]

    def _one(self, _: Request, path: Mapping[str, str]) -> dict[str, Any]:
        by_id = self._by_id()
        if path["id"] not in by_id:
            raise GraphError(400, 100, subcode=33)
        return by_id[path["id"]]()

    def _look_up(self, request: Request, _: Mapping[str, str]) -> dict[str, Any]:
        ids = request.query.get("ids", "").split(",")
        by_id = self._by_id()
        if len(ids) > 50 or not all(id in by_id for id in ids):
            raise GraphError(400, 100, subcode=33)
        return {id: by_id[id]() for id in ids}

    def _by_id(self) -> dict[str, Callable[[], dict[str, Any]]]:
        by_id: dict[str, Callable[[], dict[str, Any]]] = {}
        for seen in self._facebook.see_live():
            if not _live_above(seen, self._facebook):
                continue
            if seen.item.reply_to:
                by_id[comment_id(seen.item, self._facebook)] = self._comment_writer(seen, with_id=True)
            else:
                by_id[post_id(seen.item, self._facebook)] = self._post_writer(seen)
        for seen in self._instagram.see_live():
            if seen.item.reply_to and _live_above(seen, self._instagram):
                by_id[object_number(seen.item)] = self._ig_comment_writer(seen)
        return by_id

    def _media_posts(self) -> list[Seen]:
        return [seen for seen in _newest_first(self._instagram) if not seen.item.reply_to]

    def _below(self, world: World, key: str) -> list[Seen]:
        return [
            s
            for s in _newest_first(world)
            if s.item.reply_to and top_of(s.item, world).key == key and _live_above(s, world)
        ]

    def _shows_authors(self, seen: Seen) -> bool:
        return page_of(seen.item, self._facebook) == self._office

    def _post_writer(self, seen: Seen) -> Callable[[], dict[str, Any]]:
        comments = self._below(self._facebook, seen.item.key)
        shows = self._shows_authors(seen)
        return lambda: write_post(seen, world=self._facebook, comments=comments, shows_authors=shows)

    def _comment_writer(self, seen: Seen, *, with_id: bool | None = None) -> Callable[[], dict[str, Any]]:
        """Strangers' comments come without an id where they are listed."""
        shows = self._shows_authors(seen)
        named = shows if with_id is None else with_id
        return lambda: write_comment(seen, world=self._facebook, shows_authors=shows, with_id=named)

    def _ig_comment_writer(self, seen: Seen) -> Callable[[], dict[str, Any]]:
        return lambda: write_media_comment(seen, world=self._instagram, replies=[])

    def _media_writer(self, seen: Seen, *, with_author: bool) -> Callable[[], dict[str, Any]]:
        comments = len(self._below(self._instagram, seen.item.key))
        return lambda: write_media(seen, comments=comments, with_author=with_author)


def _newest_first(world: World) -> list[Seen]:
    return list(reversed(world.see_live()))


def _live_above(seen: Seen, world: World) -> bool:
    """Whether all that a comment stands below is still there."""
    item = seen.item
    while item.reply_to:
        above = world.see(item.reply_to)
        if above is None or above.state != "live":
            return False
        item = above.item
    return True


def _cut(things: list[Thing], query: Mapping[str, str], *, same_cursor: bool) -> dict[str, Any]:
    """One page; a hashtag's cursor looks the same on every page, and the next address holds a token."""
    size = min(int(query.get("limit", "25")), 100)
    start = _read_cursor(query["after"]) if "after" in query else 0
    page = [write() for _, write in things[start : start + size]]
    if not page:
        return {"data": []}
    cursor = base64.urlsafe_b64encode(f"{'tetap' if same_cursor else 'dari'}:{start + size}".encode()).decode()
    paging: dict[str, Any] = {"cursors": {"before": "QVFI", "after": cursor}}
    if start + size < len(things):
        paging["next"] = f"https://graph.facebook.com/{VERSION}/next?access_token=jangan-diikuti&after={cursor}"
    return {"data": page, "paging": paging}


def _read_cursor(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).partition(b":")[2])
    except ValueError as error:
        raise GraphError(400, 100) from error
