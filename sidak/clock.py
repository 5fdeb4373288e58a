"""Time is passed in: everything that needs the present moment is given a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""


def wall_clock() -> datetime:
    """Return the present moment; the only place where the machine's clock is read."""
    return datetime.now(UTC)
