"""What happens inside every task: settings from environment and connections, progress into the log, counts out.

Stage packages are imported by the functions that need them: a DAG file must parse in milliseconds.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import msgspec
    from airflow.sdk.execution_time.context import OutletEventAccessor

    from sidak.settings import Settings

log = logging.getLogger(__name__)

LOG_EVERY_PERCENT = 10
WHOLE_INTERVAL_RUNS = frozenset({"backfill"})


def load_task_settings(*sources: str) -> Settings:
    """Build the settings as the command line does, then add what a connection `sidak_<source>` holds for a source.

    A connection's extra (a JSON object) gives named values, its login, password and host those of the same names;
    they win over the environment. Raises UsageError naming a variable that is wrong.
    """
    from pydantic import SecretStr

    from sidak.app.deployment import load_deployment

    settings = load_deployment()
    merged = dict(settings.sources)
    for source in sources:
        values = read_connection(f"sidak_{source}")
        merged[source] = merged.get(source, {}) | {name: SecretStr(value) for name, value in values.items()}
    return settings.model_copy(update={"sources": merged})


def read_connection(name: str) -> Mapping[str, str]:
    """Return the values of an Airflow connection, or none where there is no such connection."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = Connection.get(name)
    except AirflowNotFoundException:
        return {}
    plain = {"login": connection.login, "password": connection.password, "host": connection.host}
    named = {str(key): str(value) for key, value in connection.extra_dejson.items()}
    return {key: value for key, value in plain.items() if value} | named


def choose_window(
    params: Mapping[str, Any], *, run_type: str, start: datetime | None, end: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Return since and until of a run: what a person asked for, a backfill's interval, or neither.

    Without a window a source goes on from its cursor, so that an hour of outage leaves no hole; a window is asked for
    exactly and moves no cursor.
    """
    since, until = (parse_moment(params.get(name), name=name) for name in ("since", "until"))
    if since or until:
        return since, until
    return (start, end) if run_type in WHOLE_INTERVAL_RUNS else (None, None)


def parse_moment(value: str | None, *, name: str) -> datetime | None:
    """Return an ISO 8601 moment with its zone, or None for nothing; raises UsageError."""
    from sidak.errors import UsageError

    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as exc:
        raise UsageError(f"{name}={value[:60]!r} is not a moment; write it like 2026-11-20T00:00:00+07:00") from exc
    if moment.utcoffset() is None:
        raise UsageError(f"{name}={value} has no time zone; write it like 2026-11-20T00:00:00+07:00")
    return moment


def report(summary: msgspec.Struct, event: OutletEventAccessor, *, source: str) -> dict[str, Any]:
    """Log what a task came to, announce its source's posts, and return counts, never posts."""
    import msgspec

    log.info("%s", summary)
    event.extra = {"source": source}
    counts: dict[str, Any] = msgspec.to_builtins(summary)
    return counts


class LogProgress:
    """Writes a line into the task's log at every tenth of the way, so that a long task is seen to live."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def __call__(self, label: str, done: int, total: int) -> None:
        """Take a step; `total` is 0 where the end is not known."""
        step = done * 100 // total // LOG_EVERY_PERCENT if total else done // 1_000
        if self._last.get(label) != step:
            self._last[label] = step
            log.info("%s: %d of %s", label, done, total or "unknown")
