"""Whether our own clock is off, by the date of a platform's answer: what is refused then would be a riddle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

TOLERANCE = timedelta(minutes=5)
"""No answer is on its way for longer."""


def describe_skew(headers: Mapping[str, str], *, now: datetime) -> str | None:
    """Return by how much our clock is off and what to do; None where it is right or nothing tells."""
    theirs = read_date(headers.get("date", ""))
    if theirs is None or "age" in headers:  # an answer out of some cache carries its own, older date
        return None
    ahead = now - theirs
    if abs(ahead) <= TOLERANCE:
        return None
    hours, minutes = divmod(round(abs(ahead) / timedelta(minutes=1)), 60)
    span = " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes else [])])
    way = "ahead of" if ahead > timedelta() else "behind"
    return f"this machine's clock is {span} {way} the platform's, which may be why: set it right (NTP), then run again"


def read_date(text: str) -> datetime | None:
    """Return the moment of an HTTP date, or None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
