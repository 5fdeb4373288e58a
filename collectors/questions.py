"""What one pass may ask: the lanes that are cleared, the credentials they need, the questions of the watchlist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from collectors.clearance import check_clearance, cleared_lanes, load_clearances
from collectors.protocol import Query
from collectors.registry import Source, find_source, load_planner
from collectors.terms import variable_of
from collectors.watchlist import Watchlist
from sidak.errors import ClearanceError, StopError
from sidak.models import Lane
from sidak.settings import Settings


def find_missing_credentials(source: Source, lane: Lane, credentials: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that a lane needs and that are not set."""
    needed = source.terms.needed_credentials(lane)
    return tuple(variable_of(source.name, name) for name in needed if not credentials.get(name, "").strip())


def plan_questions(
    source: Source,
    settings: Settings,
    *,
    queries: Sequence[Query] | None,
    watchlist: Watchlist,
    credentials: Mapping[str, str],
    now: datetime,
) -> tuple[Query, ...]:
    """Return the questions of all cleared lanes; raises ClearanceError or StopError where none may or can be asked."""
    clearances = load_clearances(settings.clearance_path)
    lanes = cleared_lanes(source, clearances=clearances, now=now)
    wanted = tuple(dict.fromkeys(query.lane for query in queries)) if queries is not None else lanes
    for lane in wanted or source.terms.lanes[:1]:
        check_clearance(source, lane, clearances=clearances, now=now, path=settings.clearance_path)
    if not wanted:
        raise ClearanceError(f"{source.name}: not available: {source.terms.reason or 'it has no lanes'}")
    missing = {lane: find_missing_credentials(source, lane, credentials) for lane in wanted}
    ready = [lane for lane in wanted if not missing[lane]]
    if not ready or (queries is not None and len(ready) < len(wanted)):
        names = ", ".join(dict.fromkeys(name for lane in wanted for name in missing[lane]))
        raise StopError(f"{source.name}: no request was made: credentials are missing; set {names}")
    if queries is not None:
        return tuple(queries)
    build = load_planner(source.name)
    return tuple(query for lane in ready for query in build(watchlist, lane=lane, credentials=credentials))


def check_lane(name: str, lane: Lane, settings: Settings, *, now: datetime) -> dict[str, str]:
    """Return a source's credentials where a lane is cleared and has them; raises ClearanceError or StopError."""
    source = find_source(name)
    path = settings.clearance_path
    check_clearance(source, lane, clearances=load_clearances(path), now=now, path=path)
    credentials = settings.credentials(name)
    missing = find_missing_credentials(source, lane, credentials)
    if missing:
        raise StopError(f"{name}: credentials are missing; set {', '.join(missing)}")
    return credentials
