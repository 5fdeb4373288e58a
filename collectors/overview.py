"""Every source with what stands between it and its first request."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from collectors.clearance import Clearance, cleared_lanes, explain_clearance, load_clearances
from collectors.questions import find_missing_credentials
from collectors.registry import Source, find_sources
from sidak.models import Lane
from sidak.settings import Settings

SourceState = Literal["ready", "not_cleared", "no_credentials", "import", "receive", "unavailable"]


class SourceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One source as `sidak sources` shows it; `lanes` are those that may be asked now."""

    source: str
    title: str
    state: SourceState
    reason: str
    """Why it is not ready, or why one of its lanes is not; empty where all is in order."""
    lanes: tuple[Lane, ...]
    missing_credentials: tuple[str, ...] = ()
    """Names of variables."""
    valid_until: str | None = None
    quota: str = ""
    price: str = ""
    retention_days: int | None = None
    deletion_deadline_hours: int | None = None


def describe_sources(settings: Settings, now: datetime) -> list[SourceStatus]:
    """Return the state of every source; raises UsageError where the clearance file cannot be understood."""
    clearances = load_clearances(settings.clearance_path)
    return [
        _describe(source, clearances, credentials=settings.credentials(name), now=now)
        for name, source in find_sources().items()
    ]


def _describe(
    source: Source, clearances: dict[str, Clearance], *, credentials: dict[str, str], now: datetime
) -> SourceStatus:
    terms = source.terms
    cleared = cleared_lanes(source, clearances=clearances, now=now)
    missing = {lane: find_missing_credentials(source, lane, credentials) for lane in cleared}
    usable = tuple(lane for lane in cleared if not missing[lane])
    names = tuple(dict.fromkeys(name for lane in cleared for name in missing[lane]))
    why_not = dict.fromkeys(
        why for lane in terms.lanes if (why := explain_clearance(source, lane, clearances=clearances, now=now))
    )
    reasons = [*why_not, *([f"set {', '.join(names)}"] if names else [])]
    state: SourceState
    if terms.status == "unavailable":
        state, reasons = "unavailable", [terms.reason]
    elif terms.way == "import":
        state, reasons = "import", []
    elif usable:
        state = "receive" if terms.way == "receive" else "ready"
    else:
        state = "no_credentials" if cleared else "not_cleared"
    clearance = clearances.get(source.name)
    return SourceStatus(
        source=source.name,
        title=terms.title,
        state=state,
        reason="; ".join(reasons),
        lanes=usable if state in {"ready", "receive"} else cleared,
        missing_credentials=names,
        valid_until=clearance.valid_until.isoformat() if clearance else None,
        quota=terms.quota,
        price=terms.price,
        retention_days=terms.retention_days,
        deletion_deadline_hours=terms.deletion_deadline_hours,
    )
