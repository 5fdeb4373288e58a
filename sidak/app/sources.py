"""Every source with its lanes, its clearance, its last success and its gap: what `sidak sources` shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from sidak.app.house import House

if TYPE_CHECKING:
    from collectors.overview import SourceStatus


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source as operators see it."""

    source: str
    title: str
    lanes: tuple[str, ...]
    state: str
    reason: str
    quota: str
    last_success: datetime | None
    gap_minutes: int
    posts: int


def source_overview(house: House) -> list[SourceRow]:
    """Return all sources; raises UsageError where the clearance file cannot be understood."""
    from collectors.overview import describe_sources

    return [_row(house, status) for status in describe_sources(house.settings, house.clock())]


def _row(house: House, status: SourceStatus) -> SourceRow:
    ready = status.state in {"ready", "receive"}
    stream = house.archive.stream(f"posts/{status.source}")
    return SourceRow(
        source=status.source,
        title=status.title,
        lanes=status.lanes,
        state=status.state,
        reason=status.reason,
        quota=status.quota,
        last_success=house.journal.last_success(stage="collect", source=status.source),
        gap_minutes=house.journal.gap_minutes(source=status.source, now=house.clock()) if ready else 0,
        posts=sum(entry.records for entry in stream.segments()),
    )
