"""The stand-ins' own clock: set and advanced from outside, so that weeks pass in a test or a demo."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta


class StandInClock:
    """Tells the stand-ins' time; it stands still unless `ticking`, and may be set to any aware moment."""

    def __init__(self, at: datetime, *, ticking: bool = False) -> None:
        self._lock = threading.Lock()
        self._ticking = ticking
        self.set(at)

    def now(self) -> datetime:
        """The present moment of the stand-ins."""
        with self._lock:
            if not self._ticking:
                return self._at
            return self._at + timedelta(seconds=time.monotonic() - self._since)

    def set(self, at: datetime, *, ticking: bool | None = None) -> None:
        """Move to `at`, and run on from there or stand still if `ticking` says so; ValueError for a naive time."""
        if at.tzinfo is None:
            raise ValueError(f"clock: {at.isoformat()} has no time zone")
        with self._lock:
            self._at = at
            self._ticking = self._ticking if ticking is None else ticking
            self._since = time.monotonic()

    def advance(self, step: timedelta) -> datetime:
        """Move on by `step` and return the new moment."""
        self.set(self.now() + step)
        return self.now()
