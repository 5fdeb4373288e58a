"""Checks passwords with argon2id, at the same cost whether or not the account exists."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sidak.errors import UsageError

MIN_LENGTH = 12
MAX_LENGTH = 256
SLOTS = 4
"""Verifications at once: each takes 64 MiB, and a flood of sign-ins must not fill the memory."""


class Passwords:
    """Hashes and verifies; `hasher` sets the cost (argon2-cffi's default follows RFC 9106's low-memory advice)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("a password that no account has")
        self._slots = threading.BoundedSemaphore(SLOTS)

    def hash(self, password: str) -> str:
        """Return the argon2id hash; raises UsageError where the password is too short or too long."""
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise UsageError(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters, this one has {len(password)}")
        return self._hasher.hash(_encoded(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether the password fits; `stored` None (no such account) takes as long and is never true."""
        with self._slots:
            try:
                fits = self._hasher.verify(stored or self._nobody, _encoded(password[:MAX_LENGTH]))
            except (VerificationError, InvalidHashError):
                return False
        return fits and stored is not None and len(password) <= MAX_LENGTH

    def outdated(self, stored: str) -> bool:
        """Tell whether a hash was made at another cost and should be made again."""
        return self._hasher.check_needs_rehash(stored)


def _encoded(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
