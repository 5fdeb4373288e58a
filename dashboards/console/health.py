"""What the health page shows; filled in by whoever composes the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How well one source is covered."""

    source: str
    lane: str | None = None
    """One lane or several, separated by ", "."""
    available: bool
    why: str = ""
    """Why it is unavailable, or what is wrong with it (Indonesian)."""
    last_success_at: datetime | None = None
    posts: int = 0
    gap_minutes: int = 0
    """Minutes of the last seven days that were not covered."""
    quota_left: str = ""


class LossSums(msgspec.Struct, frozen=True, kw_only=True):
    """The balance of all posts: collected = indexed + filtered + dead-lettered + deleted + waiting."""

    collected: int
    indexed: int
    filtered: int
    dead_lettered: int
    deleted: int
    waiting: int = 0
    """In the archive, not read or not published yet."""

    @property
    def balanced(self) -> bool:
        """Whether nothing is lost or doubled."""
        return self.collected == self.indexed + self.filtered + self.dead_lettered + self.deleted + self.waiting


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its name."""

    name: str
    count: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The pipeline's state as of one moment."""

    as_of: datetime
    pipeline_version: str
    sources: tuple[SourceHealth, ...] = ()
    archive: tuple[Count, ...] = ()
    loss: LossSums | None = None
    filtered: tuple[Count, ...] = ()
    """Filtered posts by reason."""
    dead_letters: tuple[Count, ...] = ()
    """Dead letters by stage and reason."""
    index_count: int | None = None
    index_name: str = ""


HealthReader = Callable[[], Health]
