"""What all commands share: the house built from the environment, how times are given, and how passes end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sidak.errors import RetryError, StopError, UsageError

if TYPE_CHECKING:
    from sidak.app.collect import Ended
    from sidak.app.house import House


@contextmanager
def open_house() -> Iterator[House]:
    """Open the home that the environment names, and close it again."""
    from sidak.app.deployment import load_deployment  # half a second to import, for commands that need a home alone
    from sidak.app.house import House

    house = House(load_deployment())
    try:
        yield house
    finally:
        house.close()


def parse_time(value: str | None, *, option: str) -> datetime | None:
    """Read an ISO 8601 date or time (UTC where it says no zone); raises UsageError naming the option."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as exc:
        raise UsageError(f"{option}: {value!r} is no date; write 2026-11-20 or 2026-11-20T08:00+07:00") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def existing_file(path: Path, *, option: str) -> Path:
    """Return the path if a file is there; raises UsageError naming the option."""
    if path.is_dir() or not path.exists():
        raise UsageError(f"{option}: {path}: {'that is a folder' if path.is_dir() else 'there is no such file'}")
    return path


def existing_folder(path: Path, *, option: str) -> Path:
    """Return the path if a folder is there; raises UsageError naming the option."""
    if not path.is_dir():
        raise UsageError(f"{option}: {path}: {'that is no folder' if path.exists() else 'there is no such folder'}")
    return path


def raise_unless_all_ok(results: Sequence[Ended]) -> None:
    """Raise once for all passes that did not end well; what a person must mend goes before what time mends."""
    stopped = [result.message for result in results if result.outcome == "stopped"]
    if stopped:
        raise StopError("; ".join(stopped))
    waiting = [result.message for result in results if result.outcome == "retry"]
    if waiting:
        raise RetryError("; ".join(waiting))
