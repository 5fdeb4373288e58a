"""Signed cookies: who is signed in, and the token that proves that a form came from our own page.

A session lives for eight hours at most and only while the account carries the same `session_version`, so signing out,
a new password or a disabled account ends it on the server, wherever the cookie has been copied to.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import msgspec
from itsdangerous import BadSignature, Signer, URLSafeSerializer

from sidak.clock import Clock
from sidak.errors import UsageError

LIFETIME_SECONDS = 8 * 3600
_SIGNING: dict[str, Any] = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What the cookie says; `username` is empty before sign-in."""

    id: str
    username: str
    version: int
    issued_at: int
    """Seconds since 1970."""


class Sessions:
    """Makes and reads session cookies; raises UsageError for a key that is too short."""

    def __init__(self, key: bytes, *, clock: Clock, lifetime_seconds: int = LIFETIME_SECONDS) -> None:
        if len(key) < 16:
            raise UsageError("SIDAK_SESSION_KEY needs at least 16 characters")
        self._cookies = URLSafeSerializer(key, salt="sidak.console.session", signer_kwargs=_SIGNING)
        self._csrf = Signer(key, salt="sidak.console.csrf", **_SIGNING)
        self._clock = clock
        self.lifetime_seconds = lifetime_seconds

    def start(self, *, username: str = "", version: int = 0) -> Session:
        """Return a session with an id of its own, so that one from before sign-in is never carried over."""
        return Session(
            id=secrets.token_urlsafe(24), username=username, version=version, issued_at=int(self._clock().timestamp())
        )

    def write_cookie(self, session: Session) -> str:
        """Return a session as a signed cookie value."""
        return str(self._cookies.dumps(msgspec.to_builtins(session)))

    def read_cookie(self, cookie: str | None) -> Session | None:
        """Return the session in a cookie, or None where it is missing, altered or too old."""
        if not cookie:
            return None
        try:
            session = msgspec.convert(self._cookies.loads(cookie), Session)
        except (BadSignature, msgspec.ValidationError):
            return None
        age_seconds = self._clock().timestamp() - session.issued_at
        return session if -60 <= age_seconds < self.lifetime_seconds else None

    def csrf_token(self, session: Session) -> str:
        """Return the token that every form of this session carries."""
        return self._csrf.get_signature(session.id).decode()

    def csrf_fits(self, session: Session, token: str) -> bool:
        """Tell whether a form's token belongs to this session."""
        return hmac.compare_digest(self.csrf_token(session).encode(), token.encode("utf-8", "replace"))
