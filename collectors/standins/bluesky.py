"""Bluesky's XRPC: sign-in with a token that runs out, search by sorting time, look-up; edits and deletions."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from collectors.standins.clock import StandInClock
from collectors.standins.matching import Candidate, QueryError, compile_query, join_words
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes

OFFICE_DID = "did:plc:kantorujicontoh00000000"
OFFICE_HANDLE = "uji.contoh.example"


class BlueskyStandIn:
    """One server with its own index; a page cursor is an offset, as there."""

    def __init__(self, clock: StandInClock, *, password: str, token_minutes: int = 120) -> None:
        self._clock = clock
        self._password = password
        self._token_life = timedelta(minutes=token_minutes)
        self._lock = threading.Lock()
        self._posts: dict[str, dict[str, Any]] = {}
        self._written = 0
        self.early_end = 0
        """Stop giving page cursors after so many posts, where it is not 0."""
        self.sign_ins = 0

    def add(self, text: str, *, by: str = "warga1", ago: timedelta = timedelta(), **record: object) -> str:
        """Post something; return its address."""
        made = self._clock.now() - ago
        did = f"did:plc:{hashlib.sha256(by.encode()).hexdigest()[:24]}"
        with self._lock:
            address = f"at://{did}/app.bsky.feed.post/3k{self._written:011d}"
            self._written += 1
            self._posts[address] = {
                "uri": address,
                "cid": _cid(text),
                "author": {"did": did, "handle": f"{by}.bsky.social", "displayName": f"Nama {by}", "labels": []},
                "record": {
                    "$type": "app.bsky.feed.post", "text": text, "createdAt": _time(made), "langs": ["id"], **record,
                },
                "replyCount": 1, "repostCount": 0, "likeCount": 3, "quoteCount": 0,
                "indexedAt": _time(made + timedelta(seconds=2)),
                "labels": [],
            }  # fmt: skip
            return address

    def change(self, address: str, text: str) -> None:
        """Put another record in a post's place."""
        with self._lock:
            post = self._posts[address]
            post["record"] = {**post["record"], "text": text}
            post["cid"] = _cid(text)

    def hide(self, address: str) -> None:
        """Label a post so that no client shows it."""
        with self._lock:
            self._posts[address]["labels"] = [{"src": "did:plc:mod", "val": "!hide", "cts": "2026-11-20T00:00:00Z"}]

    def delete(self, address: str) -> None:
        """Delete a post."""
        with self._lock:
            del self._posts[address]

    def add_routes(self, routes: Routes) -> None:
        """Put the methods into a route table."""
        routes.add("POST", "/xrpc/com.atproto.server.createSession", self._sign_in)
        routes.add("GET", "/xrpc/app.bsky.feed.searchPosts", self._search)
        routes.add("GET", "/xrpc/app.bsky.feed.getPosts", self._get_posts)

    def _sign_in(self, request: Request, _: Mapping[str, str]) -> Response:
        if json.loads(request.body).get("password") != self._password:
            return _refuse(401, "AuthenticationRequired", "Invalid identifier or password")
        with self._lock:
            self.sign_ins += 1
        ends = (self._clock.now() + self._token_life).timestamp()
        token = ".".join(_part(part) for part in ({"alg": "HS256"}, {"exp": ends, "sub": OFFICE_DID}, {"n": 1}))
        return build_json(
            {"accessJwt": token, "refreshJwt": token, "handle": OFFICE_HANDLE, "did": OFFICE_DID, "active": True}
        )

    def _refused(self, request: Request) -> Response | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token.count(".") != 2:
            return _refuse(401, "AuthMissing", "Authentication Required")
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if claims["exp"] < self._clock.now().timestamp():
            return _refuse(400, "ExpiredToken", "Token has expired")
        return None

    def _search(self, request: Request, _: Mapping[str, str]) -> Response:
        refused = self._refused(request)
        if refused is not None:
            return refused
        asked = request.query
        tag, mentions = asked.get("tag"), asked.get("mentions")
        try:
            matches = compile_query(asked.get("q", ""))
        except QueryError as error:
            return _refuse(400, "InvalidRequest", str(error))
        with self._lock:
            posts = sorted(self._posts.values(), key=_sort_key, reverse=True)
        found = [
            post
            for post in posts
            if asked.get("since", "") <= _sort_key(post) < asked.get("until", "9")
            and matches(_candidate(post))
            and (tag is None or f"#{tag}" in post["record"]["text"].lower())
            and (mentions is None or f"@{mentions}" in post["record"]["text"])
        ]
        try:
            start = int(asked.get("cursor", "0"))
        except ValueError:
            return _refuse(400, "InvalidRequest", "cursor")
        end = start + int(asked.get("limit", "25"))
        more = end < len(found) and not (self.early_end and end >= self.early_end)
        return build_json(
            {"posts": found[start:end], "hitsTotal": len(found), **({"cursor": str(end)} if more else {})}
        )

    def _get_posts(self, request: Request, _: Mapping[str, str]) -> Response:
        refused = self._refused(request)
        if refused is not None:
            return refused
        addresses = request.repeated.get("uris", [])
        if len(addresses) > 25:
            return _refuse(400, "InvalidRequest", "uris")
        with self._lock:
            return build_json({"posts": [self._posts[one] for one in addresses if one in self._posts]})


def _sort_key(post: Mapping[str, Any]) -> str:
    return str(min(post["record"]["createdAt"], post["indexedAt"]))


def _candidate(post: Mapping[str, Any]) -> Candidate:
    text = post["record"]["text"]
    return Candidate(text=text, words=join_words(text))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _cid(text: str) -> str:
    return "bafyrei" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _part(claims: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def _refuse(status: int, error: str, message: str) -> Response:
    return build_json({"error": error, "message": message}, status=status)
