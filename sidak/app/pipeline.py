"""The composition: which stage hands what to which, in one readable place.

    collect ──▶ archive posts/<source> ──enrich──▶ archive reports/<source> ──publish──▶ index
    import  ──▶        〃                                              decisions ──────▶  〃

The command line and the DAGs call the same functions. Each may be killed at any moment and run again: what is done is
read from the manifests (collect, enrich) and from the index itself (publish), so nothing is lost and nothing doubled.
The `…_with` functions work in an open house; the others open one for a single stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from collectors.collect import CollectResult
from collectors.forecast import SourcePlan
from sidak.app.collect import collect_with, plan_sources, raise_unless_ok
from sidak.app.enrich import EnrichSummary
from sidak.app.enrich import enrich as enrich_with
from sidak.app.house import House
from sidak.app.importing import import_with
from sidak.app.planning import describe_review, explain_plan, plan_queries, summarize_plan
from sidak.app.progress import OnProgress, silent
from sidak.app.publish import PublishSummary
from sidak.app.publish import publish as publish_with
from sidak.app.refresh import LIMIT, RefreshSummary, refresh_with, refreshable
from sidak.app.sources import source_overview
from sidak.clock import Clock
from sidak.settings import Settings

__all__ = [
    "CollectResult",
    "EnrichSummary",
    "PublishSummary",
    "SourcePlan",
    "collect",
    "collect_with",
    "describe_review",
    "enrich",
    "enrich_with",
    "explain_plan",
    "import_with",
    "plan_queries",
    "plan_refresh",
    "plan_sources",
    "publish",
    "publish_with",
    "refresh",
    "refresh_with",
    "source_overview",
    "summarize_plan",
]


def collect(
    settings: Settings,
    source: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    clock: Clock,
    on_progress: OnProgress | None = None,
) -> CollectResult:
    """World to archive: one pass over one cleared source; raises RetryError or StopError where it did not end well."""
    with _opened(settings, clock) as house:
        summary = collect_with(house, source, since=since, until=until, on_progress=on_progress or silent)
    raise_unless_ok(summary)
    return summary


def enrich(settings: Settings, *, clock: Clock, on_progress: OnProgress | None = None) -> EnrichSummary:
    """Archive to reports."""
    with _opened(settings, clock) as house:
        return enrich_with(house, on_progress=on_progress or silent)


def publish(settings: Settings, *, clock: Clock, on_progress: OnProgress | None = None) -> PublishSummary:
    """Reports to index."""
    with _opened(settings, clock) as house:
        return publish_with(house, on_progress=on_progress or silent)


def plan_refresh(settings: Settings, *, clock: Clock) -> list[str]:
    """Return the sources whose stored posts have a deadline."""
    with _opened(settings, clock) as house:
        return refreshable(house)


def refresh(
    settings: Settings,
    source: str,
    *,
    limit: int = LIMIT,
    clock: Clock,
    on_progress: OnProgress | None = None,
) -> RefreshSummary:
    """World to archive, of posts that are there: raises RetryError or StopError where a run did not end well."""
    with _opened(settings, clock) as house:
        summary = refresh_with(house, source, limit=limit, on_progress=on_progress or silent)
    raise_unless_ok(summary)
    return summary


@contextmanager
def _opened(settings: Settings, clock: Clock) -> Iterator[House]:
    house = House(settings, clock=clock)
    try:
        yield house
    finally:
        house.close()
