"""Time is passed in: everything that needs the present moment is given a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sidak.errors import StopError
from sidak.settings import Settings

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""


def wall_clock() -> datetime:
    """Return the present moment; the only place where the machine's clock is read."""
    return datetime.now(UTC)


def file_clock(path: Path) -> Clock:
    """Return a clock that reads the moment from a file (ISO 8601), for rehearsals that let weeks go by in minutes."""

    def read() -> datetime:
        try:
            moment = datetime.fromisoformat(path.read_text().strip())
        except (OSError, ValueError) as exc:
            raise StopError(f"{path}: SIDAK_CLOCK_FILE names no file with an ISO 8601 moment ({exc})") from exc
        if moment.utcoffset() is None:
            raise StopError(f"{path}: the moment {moment.isoformat()} has no time zone")
        return moment.astimezone(UTC)

    return read


def open_clock(settings: Settings) -> Clock:
    """Return the clock of this deployment: the machine's, unless a rehearsal sets another."""
    return file_clock(settings.clock_file) if settings.clock_file else wall_clock
