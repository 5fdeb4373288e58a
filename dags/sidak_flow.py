"""What the DAGs share: the assets that set one another in motion, the pool, the owner, and when to try again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, RetryDecision, RetryPolicy

from sidak.errors import QuarantineError, RetryError, StopError

POSTS = Asset(name="sidak_posts", uri="sidak://archive/posts", group="sidak")
REPORTS = Asset(name="sidak_reports", uri="sidak://archive/reports", group="sidak")
INDEX = Asset(name="sidak_index", uri="sidak://index", group="sidak")

COLLECTORS_POOL = "collectors"
"""As many slots as platforms may be asked at the same time; must exist (README)."""

START = datetime(2026, 11, 1, tzinfo=UTC)
LONGEST_WAIT = timedelta(hours=1)


class PatiencePolicy(RetryPolicy):
    """Wait as long as the other side asked for, and do not repeat what can never succeed."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: object = None
    ) -> RetryDecision:
        """Decide by the error's kind; any other error falls back to the task's own retries."""
        from sidak.clock import wall_clock

        del try_number, max_tries, context  # the task's own limits hold whatever is decided here
        if isinstance(exception, StopError | QuarantineError):
            return RetryDecision.fail(f"a person must act: {exception}")
        if isinstance(exception, RetryError):
            return RetryDecision.retry(wait_for(exception.until, now=wall_clock()), reason=str(exception))
        return RetryDecision.default()


def wait_for(until: datetime | None, *, now: datetime) -> timedelta | None:
    """Return how long to wait for a moment, at most `LONGEST_WAIT`; None leaves it to the task's own delays."""
    if until is None:
        return None
    return min(max(until - now, timedelta(seconds=1)), LONGEST_WAIT)


TASK_DEFAULTS: dict[str, Any] = {
    "owner": "sidak",
    "retries": 4,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": PatiencePolicy(),
}

FLOW_DEFAULTS: dict[str, Any] = {
    "start_date": START,
    "catchup": False,
    "max_active_runs": 1,
    "dagrun_timeout": timedelta(hours=3),
    "default_args": TASK_DEFAULTS,
}
"""What holds for every flow that asks platforms."""

EACH_SOURCE: dict[str, Any] = {
    "outlets": [POSTS],
    "pool": COLLECTORS_POOL,
    "map_index_template": "{{ task.op_kwargs['source'] }}",
    "execution_timeout": timedelta(hours=2),
    "multiple_outputs": False,
}
"""What holds for a task that is mapped over sources: one platform's bad day is nobody else's."""


def name_sources(otherwise: str) -> Param:
    """Return the parameter by which a person names sources; `otherwise` says which they are if none is named."""
    return Param(
        [],
        type="array",
        items={"type": "string", "pattern": "^[a-z][a-z0-9_]{0,40}$"},
        uniqueItems=True,
        description=f"Only these sources; {otherwise} if empty",
    )
