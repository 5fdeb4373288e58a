"""A fixed-window rate limit under the stand-ins' clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple


class Allowance(NamedTuple):
    """The state of a limit after one request."""

    granted: bool
    limit: int
    used: int
    remaining: int
    resets_at: datetime


class RateWindow:
    """Grants `limit` requests a window; `phase_seconds` is how old a window already is at its first request."""

    def __init__(self, *, limit: int, window_seconds: int, now: Callable[[], datetime], phase_seconds: int = 0) -> None:
        self.limit = limit
        self._window = timedelta(seconds=window_seconds)
        self._phase = timedelta(seconds=phase_seconds)
        self._now = now
        self._lock = threading.Lock()
        self._used = 0
        self._resets_at: datetime | None = None

    def take(self) -> Allowance:
        """Count one request."""
        now = self._now()
        with self._lock:
            if self._resets_at is None or not self._resets_at - self._window <= now < self._resets_at:
                self._used = 0
                self._resets_at = now + self._window - self._phase
            granted = self._used < self.limit
            self._used += granted
            return Allowance(
                granted=granted,
                limit=self.limit,
                used=self._used,
                remaining=max(0, self.limit - self._used),
                resets_at=self._resets_at,
            )
