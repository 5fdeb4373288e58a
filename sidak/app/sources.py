"""Every source with its lanes, its clearance, its last success and its gap: what `sidak sources` shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from sidak.app.house import House
from sidak.app.planning import describe_left
from sidak.app.signals import LOOK_BACK, find_signals, lost_minutes
from sidak.journal import Run

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
    left: str = ""
    """Of counted limits and of money."""
    signals: tuple[str, ...] = ()
    """What is odd with a source that can be asked: quiet, new fields, a web page for an answer, stretches lost."""


def source_overview(house: House) -> list[SourceRow]:
    """Return all sources; raises UsageError where the clearance file cannot be understood."""
    from collectors.overview import describe_sources

    return [_row(house, status) for status in describe_sources(house.settings, house.clock())]


def _row(house: House, status: SourceStatus) -> SourceRow:
    ready = status.state in {"ready", "receive"}
    stream = house.archive.stream(f"posts/{status.source}")
    now = house.clock()
    runs = house.journal.runs_since(now - LOOK_BACK, stage="collect", source=status.source) if ready else []
    return SourceRow(
        source=status.source,
        title=status.title,
        lanes=status.lanes,
        state=status.state,
        reason=status.reason,
        quota=status.quota,
        last_success=house.journal.last_success(stage="collect", source=status.source),
        gap_minutes=_gap_minutes(house, status, runs, now=now),
        posts=sum(entry.records for entry in stream.segments()),
        left=describe_left(house, status.source) if ready else "",
        signals=find_signals(runs, now=now),
    )


def _gap_minutes(house: House, status: SourceStatus, runs: list[Run], *, now: datetime) -> int:
    """Minutes since the last good pass, where passes are made, and those that no pass can ask for any more."""
    open_gap = house.journal.gap_minutes(source=status.source, now=now) if status.state in {"ready", "receive"} else 0
    return open_gap + lost_minutes(runs, since=now - LOOK_BACK, now=now)
