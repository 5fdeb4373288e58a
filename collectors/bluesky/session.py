"""Bluesky behind the guards, signed in: one session for a pass."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from collectors.fields import Fields
from collectors.transport import StatusError
from collectors.verdicts import AnswerError, call
from collectors.web import Web
from sidak.clock import Clock

BASE_URL = "https://bsky.social"
LOGIN = "/xrpc/com.atproto.server.createSession"


class Session:
    """Asks with a token, which it gets when it is first needed; one that ran out is replaced once."""

    def __init__(
        self, credentials: Mapping[str, str], *, clock: Clock, sleep: Callable[[float], None], rng: random.Random
    ) -> None:
        self.did: str | None = None
        """The account that is signed in."""
        self._web = Web(credentials.get("base_url", BASE_URL))
        self._login = {"identifier": credentials["identifier"], "password": credentials["app_password"]}
        self._token: str | None = None
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def ask(self, method: str, params: Mapping[str, Any], *, doing: str) -> dict[str, Any]:
        """Return the object that an XRPC method answers with a list of posts; raises what `verdicts.call` raises."""
        replaced = False

        def once() -> dict[str, Any]:
            nonlocal replaced
            try:
                return self._once(method, params)
            except StatusError as exc:
                if replaced or not _is_expired(exc):
                    raise
                replaced, self._token = True, None
            return self._once(method, params)

        return call(once, doing=doing, failures=(), clock=self._clock, sleep=self._sleep, rng=self._rng)

    def _once(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self._token or self._sign_in()}"}
        body = self._web.get(f"/xrpc/{method}", params=params, headers=headers).json_object()
        if not isinstance(body.get("posts"), list):
            raise AnswerError("the answer holds no posts")
        return body

    def _sign_in(self) -> str:
        body = Fields(self._web.ask("POST", LOGIN, body=self._login).json_object())
        token = body.text("accessJwt", limit=10_000)
        if token is None or not token.isascii() or not token.isprintable():
            raise AnswerError("the sign-in gave no token")
        self.did, self._token = body.text("did"), token
        return token


def _is_expired(exc: StatusError) -> bool:
    if exc.path == LOGIN:
        return False
    return exc.status == 401 or (exc.status == 400 and '"ExpiredToken"' in exc.start)
