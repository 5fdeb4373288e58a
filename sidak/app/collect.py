"""World to archive: one pass over one source, noted in the journal; what a platform deleted is destroyed here too."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from collectors.batch import Counts
from collectors.collect import CollectResult, collect_source
from collectors.overview import describe_sources
from collectors.protocol import Window
from collectors.registry import find_source
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.app.planning import count_kept
from sidak.app.progress import OnProgress, silent
from sidak.app.signals import FIELD, LOOK_BACK, QUIET, QUIET_WHY, is_quiet
from sidak.clock import Clock
from sidak.errors import RetryError, StopError, UsageError
from sidak.journal import Run
from sidak.settings import Settings

MAX_NOTES = 50
"""Of one pass; a platform that renames everything says no more with the rest."""
COUNTS = ("fetched", "new", "revised", "unchanged", "refused", "rejected", "unmatched", "deleted")


def plan_sources(settings: Settings, *, clock: Clock) -> list[str]:
    """Return the names of the sources that may and can be asked now."""
    return [status.source for status in describe_sources(settings, clock()) if status.state == "ready"]


def collect_with(
    house: House,
    source: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    on_progress: OnProgress = silent,
) -> CollectResult:
    """Collect one source once; what stops it is in the summary, and what came before that is stored.

    Raises UsageError for a source that does not exist.
    """
    started_at = house.clock()
    window = Window(since=since, until=until)
    summary = _destroy_deleted(house, _collect_or_say_why(house, source, window=window, on_progress=on_progress))
    if not window:
        summary = _tell_quiet(house, summary)
    _note(house, summary, started_at=started_at, window=window)
    return summary


def _collect_or_say_why(house: House, source: str, *, window: Window, on_progress: OnProgress) -> CollectResult:
    try:
        return _collect(house, source, window=window, on_progress=on_progress)
    except UsageError:
        raise
    except RetryError as exc:
        return CollectResult(source=source, outcome="retry", message=str(exc), until=exc.until)
    except StopError as exc:
        return CollectResult(source=source, outcome="stopped", message=str(exc))


def _destroy_deleted(house: House, summary: CollectResult) -> CollectResult:
    """Destroy what the pass has learnt is deleted, and count it."""
    try:
        return msgspec.structs.replace(summary, deleted=forget_deleted(house, summary.source))
    except RetryError as exc:  # the index is down; the posts of this pass are stored, the next one takes it up again
        return msgspec.structs.replace(summary, outcome="retry", message=str(exc), until=exc.until)


def _tell_quiet(house: House, summary: CollectResult) -> CollectResult:
    """Add a warning where nothing came and always something did."""
    if summary.outcome != "ok" or summary.fetched:
        return summary
    now = house.clock()
    this = Run(stage="collect", source=summary.source, started_at=now, ended_at=now, outcome="ok")
    before = house.journal.runs_since(now - LOOK_BACK, stage="collect", source=summary.source)
    if not is_quiet([this, *before], now=now):
        return summary
    return msgspec.structs.replace(summary, warnings=(*summary.warnings, f"{QUIET}{summary.source}: {QUIET_WHY}"))


class Ended(Protocol):
    """How a pass ended."""

    @property
    def outcome(self) -> str: ...

    @property
    def message(self) -> str: ...

    @property
    def until(self) -> datetime | None: ...


def raise_unless_ok(summary: Ended) -> None:
    """Raise RetryError or StopError where a pass did not end well, for those who act on errors."""
    if summary.outcome == "retry":
        raise RetryError(summary.message, until=summary.until)
    if summary.outcome == "stopped":
        raise StopError(summary.message)


def _collect(house: House, source: str, *, window: Window, on_progress: OnProgress) -> CollectResult:
    def on_page(counts: Counts) -> None:
        on_progress(f"collect {source}", counts.fetched, 0)

    return collect_source(
        source,
        intake=house.intake,
        settings=house.settings,
        clock=house.clock,
        window=window or None,
        pseudonymize=house.pseudonymizer,
        on_page=on_page,
        kept_posts=count_kept(house, source) if find_source(source).terms.cost else 0,
    )


def forget_deleted(house: House, source: str) -> int:
    """Destroy what the source has declared deleted since the last time; it must not wait for anybody."""
    gone = list(house.catalog.declared_gone(source))
    if not gone:
        return 0
    forget(house, gone, reason="deleted_at_source")
    return len(gone)


def _note(house: House, summary: CollectResult, *, started_at: datetime, window: Window) -> None:
    house.journal.write(
        Run(
            stage="collect",
            source=summary.source,
            started_at=started_at,
            ended_at=house.clock(),
            since=window.since,
            until=window.until,
            outcome=summary.outcome,
            message=summary.message,
            counts={name: getattr(summary, name) for name in COUNTS},
            notes=(*summary.warnings, *(f"{FIELD}{name}" for name in summary.unknown_fields))[:MAX_NOTES],
        )
    )
