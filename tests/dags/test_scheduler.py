"""A real scheduler runs the chain end to end: stand-in platforms, real client libraries, embedded index."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from collectors.standins.app import StandIns
from index.sqlite import SqliteEngine
from sidak.app.airflow_local import run_airflow
from sidak.errors import StopError

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(420)]

COLLECT = "sidak_collect"
FOLLOWERS = ("sidak_enrich", "sidak_publish")
CLEARANCE = """
[x]
lanes = ["addressed", "overheard"]
reference = "Contoh 1/2026"
declared_by = "Uji"
valid_until = {until}
states = {{ agreement = "Contoh", offices = "Contoh" }}
"""


@pytest.fixture
def standins():
    with StandIns(end=datetime.now(UTC)) as standins:
        yield standins


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    (home / "clearance.toml").write_text(CLEARANCE.format(until=until))
    return home


def test_the_scheduler_runs_the_chain_and_running_it_again_changes_nothing(tmp_path, home, standins, dags_folder):
    env = {
        "SIDAK_HOME": str(home),
        "SIDAK_REGION": "33",
        "SIDAK_SOURCES__X__BASE_URL": standins.x_url,
        "SIDAK_SOURCES__X__USER_ID": standins.office_id,
        # The key itself comes from a connection, as a deployment would keep it.
        "AIRFLOW_CONN_SIDAK_X": '{"conn_type": "generic", "extra": {"bearer_token": "token"}}',
    }
    with run_airflow(tmp_path / "airflow", dags_folder, dag_ids=(COLLECT, *FOLLOWERS), env=env) as airflow:
        with pytest.raises(StopError, match="400"):
            airflow.api.trigger(COLLECT, {"sources": "x; rm -rf"})

        conf = {"sources": ["x", "tiktok"]}
        first = run_chain(airflow, conf)
        collect = first[0]
        assert collect.state == "failed", "a source that may not be asked is not hidden"
        states = {(task.task_id, task.label): (task.state, task.try_number) for task in collect.tasks}
        assert states == {
            ("plan", None): ("success", 1),
            ("collect", "x"): ("success", 1),
            ("collect", "tiktok"): ("failed", 1),
        }
        (failure,) = airflow.failures(collect)
        assert "tiktok: not available" in failure
        assert {run.dag_id for run in first} == {COLLECT, *FOLLOWERS}
        assert all(run.state == "success" for run in first[1:]), [airflow.failures(run) for run in first]
        assert result_of(airflow, collect, "collect", label="x")["new"] > 20
        collected = total(airflow, first, "collect", "new", label="x")
        assert total(airflow, first, "enrich", "posts") == collected
        before = count_documents(home)
        assert 0 < before <= collected

        again = run_chain(airflow, {"sources": ["x"]})
        assert [run.state for run in again] == ["success"] * len(again)
        assert total(airflow, again, "collect", "new", label="x") == 0
        assert total(airflow, again, "enrich", "posts") == 0
        assert count_documents(home) == before
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 60
    assert "token" not in (home / "journal.db").read_bytes().decode("latin-1")


def run_chain(airflow, conf):
    return airflow.run_chain(COLLECT, FOLLOWERS, conf=conf, timeout_seconds=150)


def result_of(airflow, run, task_id, *, label=None):
    (task,) = (task for task in run.tasks if task.task_id == task_id and task.label == label)
    return airflow.api.result(run.dag_id, run.run_id, task)


def total(airflow, runs, stage, count, *, label=None):
    return sum(result_of(airflow, run, stage, label=label)[count] for run in runs if run.dag_id == f"sidak_{stage}")


def count_documents(home):
    with closing(SqliteEngine(home / "index" / "index.db", clock=lambda: datetime.now(UTC))) as engine:
        return engine.count()
