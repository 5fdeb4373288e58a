"""The gate before the first request: what a deployment declares that it may ask of which platform.

[x]                                  # clearance.toml in the deployment's home
lanes = ["addressed"]
reference = "Perjanjian 12/2026"
declared_by = "Sekretaris Inspektorat"
valid_until = 2027-06-30
usd_per_day = 40.0                   # where the platform bills: never more than this within a UTC day
states = { agreement = "…", offices = "…" }   # what the source's source.toml asks for
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import msgspec

from collectors.registry import Source, find_sources
from sidak.errors import ClearanceError, UsageError
from sidak.models import Lane

WIB = timezone(timedelta(hours=7))
"""A declaration holds to the end of its last day in western Indonesian time."""


class Clearance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source's declaration."""

    lanes: tuple[Lane, ...]
    reference: str
    declared_by: str
    valid_until: date
    states: dict[str, str] = {}
    usd_per_day: Annotated[float, msgspec.Meta(ge=0, lt=1e6)] | None = None
    """The most that may be spent within a UTC day, where the platform bills what it returns."""


def load_clearances(path: Path) -> dict[str, Clearance]:
    """Read the declarations by source; without the file there are none. Raises UsageError naming file and field."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise UsageError(f"{path}: cannot be read ({exc.strerror})") from exc
    try:
        given = msgspec.toml.decode(content, type=dict[str, object])
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path}: is not written in UTF-8") from exc
    except msgspec.MsgspecError as exc:
        raise UsageError(f"{path}: {exc}") from exc
    return {name: _read_clearance(name, one, path) for name, one in given.items()}


def _read_clearance(name: str, given: object, path: Path) -> Clearance:
    if name not in find_sources():
        raise UsageError(f"{path}: [{name}]: there is no such source; `sidak sources` lists them")
    try:
        return msgspec.convert(given, Clearance)
    except msgspec.ValidationError as exc:
        raise UsageError(f"{path}: [{name}]: {exc}") from exc


def explain_clearance(source: Source, lane: Lane, *, clearances: Mapping[str, Clearance], now: datetime) -> str | None:
    """Return why a lane may not be asked, or None where it may."""
    terms = source.terms
    if terms.status == "unavailable":
        return terms.reason
    if lane not in terms.lanes:
        return f"{terms.title} has no lane {lane}"
    if not terms.clearance.required:
        return None
    clearance = clearances.get(source.name)
    if clearance is None:
        return f"no clearance is declared for {source.name}"
    fault = _find_fault(clearance, lane, must_state=terms.clearance.must_state, today=now.astimezone(WIB).date())
    return fault and f"the clearance for {source.name} {fault}"


def _find_fault(clearance: Clearance, lane: Lane, *, must_state: Mapping[str, str], today: date) -> str | None:
    if lane not in clearance.lanes:
        return f"does not cover the lane {lane}"
    if today > clearance.valid_until:
        return f"ended on {clearance.valid_until}"
    if not clearance.reference.strip() or not clearance.declared_by.strip():
        return "needs a reference and the name of who declared it"
    missing = [name for name in must_state if not clearance.states.get(name, "").strip()]
    wanted = "; ".join(f"{name} ({must_state[name]})" for name in missing)
    return f"must state: {wanted}" if missing else None


def check_clearance(
    source: Source, lane: Lane, *, clearances: Mapping[str, Clearance], now: datetime, path: Path
) -> None:
    """Return where a lane is cleared; raises ClearanceError saying what to do."""
    why_not = explain_clearance(source, lane, clearances=clearances, now=now)
    if why_not is None:
        return
    if source.terms.status == "unavailable":
        raise ClearanceError(f"{source.name}: not available: {why_not}")
    raise ClearanceError(f"{source.name}: no request was made: {why_not}; declare it under [{source.name}] in {path}")


def cleared_lanes(source: Source, *, clearances: Mapping[str, Clearance], now: datetime) -> tuple[Lane, ...]:
    """Return the lanes that may be asked now."""
    return tuple(
        lane for lane in source.terms.lanes if explain_clearance(source, lane, clearances=clearances, now=now) is None
    )
