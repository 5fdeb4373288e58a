"""Talks to a running Airflow over its REST interface: pools, pausing, triggering, waiting, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import httpx
import msgspec
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from sidak.errors import RetryError, StopError

Answer = TypeVar("Answer")
_FINISHED = frozenset({"success", "failed"})
_PAGE = 200
_REPEATABLE = frozenset({"GET", "PATCH"})
"""Asking these twice is asking once; a POST that failed may have been heard."""


class _StumbleError(RetryError):
    """Airflow is there, and could not answer this once: its database was locked, or it was still starting."""


_PATIENCE = Retrying(
    retry=retry_if_exception_type(_StumbleError),
    stop=stop_after_attempt(4),
    wait=wait_exponential(multiplier=0.25, max=2),
    reraise=True,
)


class TaskReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one task; `map_index` is -1 where a task is not mapped."""

    task_id: str
    map_index: int = -1
    state: str | None = None
    try_number: int = 0
    label: str | None = msgspec.field(name="rendered_map_index", default=None)
    duration_seconds: float | None = msgspec.field(name="duration", default=None)


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one DAG run and its tasks."""

    dag_id: str
    run_id: str = msgspec.field(name="dag_run_id")
    state: str
    run_type: str = ""
    tasks: tuple[TaskReport, ...] = ()


class AirflowApi:
    """One signed-in session; every call raises RetryError where Airflow does not answer, StopError where it refuses.

    An answer of 500 and above to a question that may be repeated is waited out, two seconds at most.
    """

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()

    def sign_in(self, user: str, password: str) -> None:
        """Get a token for the following calls."""
        token = self._call("POST", "/auth/token", body={"username": user, "password": password})["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def unhealthy(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return those components that do not report themselves healthy."""
        health = self._call("GET", "/api/v2/monitor/health")
        return tuple(name for name in components if health.get(name, {}).get("status") != "healthy")

    def dag_ids(self) -> frozenset[str]:
        """Return the DAGs that Airflow has read so far."""
        dags = self._call("GET", f"/api/v2/dags?limit={_PAGE}&exclude_stale=false")["dags"]
        return frozenset(dag["dag_id"] for dag in dags)

    def import_errors(self) -> tuple[str, ...]:
        """Return why DAG files could not be read, by file."""
        errors = self._call("GET", "/api/v2/importErrors")["import_errors"]
        return tuple(f"{error['filename']}: {str(error['stack_trace']).strip()}" for error in errors)

    def make_pool(self, name: str, *, slots: int) -> None:
        """Create a pool; one that is there already stays as it is."""
        body = {"name": name, "slots": slots, "include_deferred": False}
        self._call("POST", "/api/v2/pools", body=body, accepted=(409,))

    def set_paused(self, dag_id: str, *, paused: bool) -> None:
        """Pause a DAG or let it run; the active runs of a paused one stand still."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}", body={"is_paused": paused})

    def trigger(self, dag_id: str, conf: Mapping[str, Any], *, run_after: datetime | None = None) -> str:
        """Ask for a run with these parameters and return its id; the run with the earliest `run_after` goes first."""
        body: dict[str, Any] = {"logical_date": None, "conf": dict(conf)}
        if run_after is not None:
            body["run_after"] = run_after.isoformat()
        return str(self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", body=body)["dag_run_id"])

    def runs(self, dag_id: str) -> tuple[RunReport, ...]:
        """Return a DAG's newest runs without their tasks, oldest first."""
        found = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns?limit={_PAGE}&order_by=-id")["dag_runs"]
        return tuple(msgspec.convert(run, RunReport) for run in reversed(found))

    def run(self, dag_id: str, run_id: str) -> RunReport:
        """Return one run with its tasks."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}"
        report = msgspec.convert(self._call("GET", path), RunReport)
        tasks = self._call("GET", f"{path}/taskInstances?limit={_PAGE}")["task_instances"]
        return msgspec.structs.replace(report, tasks=tuple(msgspec.convert(task, TaskReport) for task in tasks))

    def result(self, dag_id: str, run_id: str, task: TaskReport) -> Any:  # noqa: ANN401 - whatever the task returned
        """Return what a task handed on, None where it handed on nothing."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}/xcomEntries/return_value"
        return self._call("GET", f"{path}?map_index={task.map_index}", accepted=(404,)).get("value")

    def idle(self, dag_id: str) -> bool:
        """Whether a DAG has neither an active run nor an asset event that will start one."""
        # Asked in this order because events turn into runs: seen the other way round, one could slip through between.
        queued = self._call("GET", f"/api/v2/dags/{dag_id}/assets/queuedEvents", accepted=(404,))
        if queued.get("total_entries"):
            return False
        return all(run.state in _FINISHED for run in self.runs(dag_id))

    def _call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, accepted: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        ask = partial(self._ask, method, path, body=body, accepted=accepted)
        return _PATIENCE.copy()(ask) if method in _REPEATABLE else ask()

    def _ask(
        self, method: str, path: str, *, body: Mapping[str, Any] | None, accepted: tuple[int, ...]
    ) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, json=body)
        except httpx.TransportError as exc:
            raise RetryError(f"Airflow does not answer {method} {path}: {exc}") from exc
        if response.status_code >= 500:
            raise _StumbleError(f"Airflow answers {method} {path} with {response.status_code}")
        if response.is_error and response.status_code not in accepted:
            raise StopError(f"Airflow refuses {method} {path} with {response.status_code}: {response.text[:500]}")
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer


def answered(question: Callable[[], Answer]) -> Answer | None:
    """Return the answer, or None where Airflow cannot answer at the moment."""
    try:
        return question()
    except RetryError:
        return None
