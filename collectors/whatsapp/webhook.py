"""The webhook that Meta calls: handshake, signature, and 200 only for what is durable. ASGI, by Starlette.

Nobody but Meta may put anything into the archive, so a body is looked at only after its signature, and read no further
than the cap. Nothing else is touched on the way: no index, no language model, no network.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from collectors.protocol import RawPage
from collectors.verdicts import AnswerError
from collectors.whatsapp.envelope import read_envelope
from collectors.whatsapp.inbox import QUERY, Inbox
from collectors.whatsapp.parse import SOURCE
from sidak.clock import Clock
from sidak.errors import SidakError
from sidak.models import DeadLetter

PATH = "/whatsapp"
MAX_BODY_BYTES = 3 << 20
"""What Meta sends at most."""
READ_SECONDS = 10.0
MAX_CHALLENGE_CHARS = 256


class Webhook:
    """Answers Meta; `why_not` tells why nothing may be taken in now, or None."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        app_secret: str,
        verify_token: str,
        why_not: Callable[[], str | None],
        clock: Clock,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._inbox = inbox
        self._app_secret = app_secret.encode()
        self._verify_token = verify_token.encode()
        self._why_not = why_not
        self._clock = clock
        self._read_seconds = read_seconds

    def build_app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route(PATH, self.shake_hands, methods=["GET"]),
                Route(PATH, self.receive, methods=["POST"]),
            ]
        )

    async def shake_hands(self, request: Request) -> Response:
        """Prove to Meta that this address is ours."""
        asked = request.query_params
        token = asked.get("hub.verify_token", "").encode("utf-8", "replace")
        challenge = asked.get("hub.challenge", "")
        known = hmac.compare_digest(token, self._verify_token)
        if not known or asked.get("hub.mode") != "subscribe" or not 0 < len(challenge) <= MAX_CHALLENGE_CHARS:
            return _say(403, "not subscribed")
        return _say(200, challenge)

    async def receive(self, request: Request) -> Response:
        """Take one delivery in; anything but 200 makes Meta deliver it again."""
        try:
            async with asyncio.timeout(self._read_seconds):
                body = await _read_body(request)
        except (TimeoutError, ClientDisconnect):
            return _say(408, "the body did not come")
        if body is None:
            return _say(413, "too large")
        if not self._is_signed(body, request.headers.get("x-hub-signature-256", "")):
            return _say(403, "not signed")
        if self._why_not() is not None:
            return _say(503, "not taken in now")
        try:
            await self._store(body)
        except SidakError:
            return _say(503, "not stored")
        return _say(200, "ok")

    def _is_signed(self, body: bytes, given: str) -> bool:
        expected = "sha256=" + hmac.new(self._app_secret, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())

    async def _store(self, body: bytes) -> None:
        now = self._clock()
        try:
            items = await asyncio.to_thread(read_envelope, body)
        except AnswerError as exc:  # delivered again it would read no better
            digest = hashlib.sha256(body).hexdigest()[:24]
            letter = DeadLetter(
                id=f"{SOURCE}:{digest}", stage="parse", reason="bad_delivery", detail=str(exc), at=now, where=QUERY.text
            )
            await self._inbox.bury(letter)
            return
        if items:
            page = RawPage(query=QUERY, items=items, fetched_at=now, cursor_key=QUERY.id, cursor=None, where=QUERY.text)
            await self._inbox.put(page)


async def _read_body(request: Request) -> bytes | None:
    """Return the body, or None where it is larger than the cap."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MAX_BODY_BYTES:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _say(status: int, text: str) -> Response:
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    return PlainTextResponse(text, status_code=status, headers=headers)
