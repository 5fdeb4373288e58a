"""What a platform allows, as `source.toml` states it: data that the gate, the planner and the overview read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from sidak.errors import StopError
from sidak.models import Lane


class ClearanceTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a deployment must declare that it may ask, and what the declaration has to say."""

    required: bool = True
    must_state: dict[str, str] = {}
    """Name of a statement to what it is; each must be filled in by the deployment."""


class BudgetTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much may be asked for: within the calendar day of a time zone, or within a stretch that rolls on."""

    limit: int
    zone: str | None = None
    rolling_hours: int | None = None


class CostTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each post that the platform returns is billed at, in US dollars."""

    usd_per_post: float
    usd_per_own_post: float
    """For what is said to the office's own account."""
    usd_per_day: float
    """What may be spent where the deployment's clearance names no other sum."""


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source's terms; None means that the platform sets no such limit."""

    title: str
    status: Literal["available", "unavailable"]
    reason: str = ""
    """Why the source is not available."""
    way: Literal["collect", "import", "receive"] = "collect"
    """`import`: somebody hands over a file; `receive`: the platform calls us. No pass ever asks for anything."""
    lanes: tuple[Lane, ...] = ()
    clearance: ClearanceTerms = ClearanceTerms()
    library: str = ""
    credentials: tuple[str, ...] = ()
    lane_credentials: dict[Lane, tuple[str, ...]] = {}
    """Further credentials that one lane needs."""
    match_locally: bool = False
    """The platform cannot be asked for phrases: what does not speak of the watchlist is not kept."""
    many_hosts: bool = False
    """Each question goes to a host of its own: the failure of one says nothing of the others."""
    sealed_ids: bool = False
    """Posts are looked up by an address that names the account: its client gets the key to open sealed ids."""
    allowed_remainder: tuple[str, ...] = ()
    """Payload fields that may be kept beside the post; numbers, truth values and short texts only."""
    retention_days: int | None = None
    """What was collected so many days ago is purged."""
    refresh_days: int | None = None
    """What was not looked at again for so many days is overdue."""
    purge_unrefreshed_days: int | None = None
    """What could not be looked at again for so many days is purged: nobody knows whether it still stands."""
    deletion_deadline_hours: int | None = None
    """So soon a deletion at the platform must have reached us."""
    export_posts_per_day: int | None = None
    budgets: dict[str, BudgetTerms] = {}
    """What the platform counts, by a name that the source's client knows."""
    cost: CostTerms | None = None
    """None where the platform bills nothing."""
    quota: str = ""
    price: str = ""

    def needed_credentials(self, lane: Lane) -> tuple[str, ...]:
        """Return the names of all credentials that a lane needs."""
        return (*self.credentials, *self.lane_credentials.get(lane, ()))


def load_terms(path: Path) -> Terms:
    """Read a `source.toml`; raises StopError naming file and field."""
    try:
        terms = msgspec.toml.decode(path.read_bytes(), type=Terms)
    except OSError as exc:
        raise StopError(f"{path}: cannot be read ({exc.strerror})") from exc
    except msgspec.MsgspecError as exc:
        raise StopError(f"{path}: {exc}") from exc
    for name, budget in terms.budgets.items():
        if (budget.zone is None) == (budget.rolling_hours is None):
            raise StopError(f"{path}: budgets.{name} needs either `zone` or `rolling_hours`")
    _check_numbers(terms, path)
    _check_end(terms, path)
    if terms.status == "unavailable" and not terms.reason:
        raise StopError(f"{path}: an unavailable source must say why, in `reason`")
    return terms


def _check_end(terms: Terms, path: Path) -> None:
    """Whatever is kept must come to an end by itself: by its age, or once it can no longer be looked at again."""
    looks = terms.refresh_days is not None or terms.deletion_deadline_hours is not None
    if terms.purge_unrefreshed_days is not None and not looks:
        raise StopError(f"{path}: purge_unrefreshed_days needs refresh_days or deletion_deadline_hours beside it")
    if terms.status == "available" and terms.retention_days is None and terms.purge_unrefreshed_days is None:
        raise StopError(
            f"{path}: nothing says how long posts may be kept: set retention_days, or where they are looked up again, "
            "purge_unrefreshed_days"
        )


def _check_numbers(terms: Terms, path: Path) -> None:
    """A limit that is no amount would let everything through, or delete everything."""
    given = {
        "retention_days": terms.retention_days,
        "refresh_days": terms.refresh_days,
        "purge_unrefreshed_days": terms.purge_unrefreshed_days,
        "deletion_deadline_hours": terms.deletion_deadline_hours,
        "export_posts_per_day": terms.export_posts_per_day,
        **{f"budgets.{name}.limit": budget.limit for name, budget in terms.budgets.items()},
        **({f"cost.{name}": value for name, value in msgspec.structs.asdict(terms.cost).items()} if terms.cost else {}),
    }
    for name, value in given.items():
        if value is not None and not 0 < value < 1e9:
            raise StopError(f"{path}: {name} must be above 0")


def variable_of(source: str, credential: str) -> str:
    """Return the environment variable that holds a credential."""
    return f"SIDAK_SOURCES__{source}__{credential}".upper()
