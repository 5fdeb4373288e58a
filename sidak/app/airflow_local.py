"""A whole Airflow on this machine, for the demo and the tests: api-server, scheduler and DAG processor on loopback.

SQLite metadata in a folder of its own, a free port, a password made for this run. Airflow is only ever started as a
program, never imported. Production runs Airflow's own deployment (dags/README.md), not this.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sidak.app.airflow_api import AirflowApi, RunReport, answered
from sidak.app.airflow_home import USER, build_environment, furnish_airflow, read_failure
from sidak.clock import wall_clock
from sidak.errors import StopError
from sidak.loopback import free_port

Say = Callable[[str], None]
COMPONENTS = ("api-server", "scheduler", "dag-processor")
HEALTHY = ("metadatabase", "scheduler", "dag_processor")
POOLS: Mapping[str, int] = {"collectors": 4}
START_SECONDS = 240
STOP_SECONDS = 60
POLL_SECONDS = 0.3


class LocalAirflow:
    """A running Airflow; made by `run_airflow`, which also stops it."""

    def __init__(self, home: Path, dags: Path, *, env: Mapping[str, str], say: Say) -> None:
        self.home = home
        self.password = secrets.token_urlsafe(12)
        self.address = f"http://127.0.0.1:{free_port()}"
        self.api = AirflowApi(self.address)
        self._say = say
        self._env = build_environment(home, dags.resolve(), address=self.address, env=env)
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, dag_ids: Sequence[str]) -> None:
        """Start all components and return when they are healthy and know these DAGs.

        Raises StopError with the last lines of a component's log where one ends, or a DAG file cannot be read.
        """
        furnish_airflow(self.home, password=self.password)
        self._say("Airflow: preparing its database")
        self._migrate()
        for name in COMPONENTS:
            self._processes.append((name, self._spawn(name)))
        self._say(f"Airflow: starting on {self.address}")
        self._wait("to be healthy", self._healthy)
        self.api.sign_in(USER, self.password)
        self._wait("to read the DAGs", partial(self._knows, dag_ids))
        for pool, slots in POOLS.items():
            self.api.make_pool(pool, slots=slots)

    def run_chain(
        self, first: str, then: Sequence[str], *, conf: Mapping[str, Any], timeout_seconds: float
    ) -> tuple[RunReport, ...]:
        """Trigger one DAG with these parameters, let the others follow by their assets, and report on every run.

        The run asked for comes first; the others are those that the timetables added meanwhile and those that followed.
        Raises StopError where they have not ended in time.
        """
        chain = (first, *then)
        before = set(self._runs(chain))
        # Asked for while paused and dated back, so that it goes before the run that the DAG's own timetable adds.
        asked = (first, self.api.trigger(first, conf, run_after=wall_clock() - timedelta(days=1)))
        for dag_id in reversed(chain):
            self.api.set_paused(dag_id, paused=False)
        for dag_id in chain:
            self._say(f"Airflow: {dag_id} runs")
            self._wait(f"for {dag_id}", partial(self._idle, dag_id), seconds=timeout_seconds)
            self.api.set_paused(dag_id, paused=True)
        ran = [run for run in self._runs(chain) if run not in before]
        return tuple(self.api.run(*run) for run in sorted(ran, key=lambda run: run != asked))

    def failures(self, report: RunReport) -> tuple[str, ...]:
        """Return why tasks of a run failed, in the words of their logs."""
        return tuple(
            f"{report.dag_id}.{task.task_id}{f' ({task.label})' if task.label else ''}: "
            f"{read_failure(self.home, report, task)}"
            for task in report.tasks
            if task.state == "failed"
        )

    def stop(self) -> None:
        """Stop every component by its pid; the api-server last, because the others report their end to it."""
        self.api.close()
        for name, process in sorted(self._processes, key=lambda item: item[0] == "api-server"):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._say(f"Airflow: {name} does not stop; it is killed")
                # Each component leads a process group of its own, so this reaches its workers and nobody else.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()

    def _healthy(self) -> bool:
        return answered(lambda: self.api.unhealthy(HEALTHY)) == ()

    def _knows(self, dag_ids: Sequence[str]) -> bool:
        errors = answered(self.api.import_errors)
        if errors:
            raise StopError("Airflow cannot read the DAG files: " + "; ".join(errors))
        return set(dag_ids) <= (answered(self.api.dag_ids) or frozenset())

    def _runs(self, dag_ids: Sequence[str]) -> list[tuple[str, str]]:
        return [(dag_id, run.run_id) for dag_id in dag_ids for run in self.api.runs(dag_id)]

    def _idle(self, dag_id: str) -> bool:
        return answered(lambda: self.api.idle(dag_id)) is True

    def _wait(self, what: str, done: Callable[[], bool], *, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            for name, process in self._processes:
                if process.poll() is not None:
                    raise StopError(f"Airflow's {name} ended with {process.returncode}: {self._log_tail(name)}")
            if time.monotonic() > deadline:
                raise StopError(f"waited {seconds:.0f} s for Airflow {what}; its logs are in {self.home / 'logs'}")
            time.sleep(POLL_SECONDS)

    def _migrate(self) -> None:
        process = self._spawn("db", "migrate")
        try:
            code = process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            raise StopError(f"Airflow's database was not made in {START_SECONDS} s") from None
        finally:
            process.kill()  # harmless once it has ended; nothing is left behind where somebody interrupts
            process.wait()
        if code != 0:
            raise StopError(f"Airflow cannot make its database: {self._log_tail('db')}")

    def _spawn(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log_path(name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
                [sys.executable, "-P", "-m", "airflow", name, *arguments],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _log_path(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def _log_tail(self, name: str) -> str:
        lines = self._log_path(name).read_text(errors="replace").splitlines()
        return " | ".join(lines[-5:])


@contextmanager
def run_airflow(
    home: Path,
    dags: Path,
    *,
    dag_ids: Sequence[str],
    env: Mapping[str, str],
    say: Say = lambda _message: None,
) -> Iterator[LocalAirflow]:
    """Run an Airflow with its files in `home`, reading `dags`; `env` is added to the environment of its tasks."""
    airflow = LocalAirflow(home.resolve(), dags, env=env, say=say)
    with _stopping_on_sigterm():
        try:
            airflow.start(dag_ids)
            yield airflow
        finally:
            airflow.stop()


@contextmanager
def _stopping_on_sigterm() -> Iterator[None]:
    """Leave by an exception on SIGTERM, as on Ctrl-C, so that nothing that was started outlives this process."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
