"""Reads the DAG files as Airflow does and prints what it found as one JSON line.

Run as a program of its own: Airflow configures logging, warnings and a database for the process that imports it.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

OURS = (
    "nlp",
    "index",
    "collectors",
    "dashboards",
    "sidak",
    "spacy",
    "numpy",
    "sklearn",
    "tweepy",
    "praw",
    "elasticsearch",
)


def main(folder):
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.serialization.serialized_objects import DagSerialization

    before, started = set(sys.modules), time.perf_counter()
    bag = BundleDagBag(dag_folder=folder, bundle_path=Path(folder), bundle_name="test")
    parse_seconds = time.perf_counter() - started
    loaded = sorted(name for name in set(sys.modules) - before if name.partition(".")[0] in OURS)
    restored = {
        name: DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)) for name, dag in bag.dags.items()
    }
    found = {
        "import_errors": bag.import_errors,
        "parse_seconds": parse_seconds,
        "loaded": loaded,
        "dags": {name: describe_dag(dag, restored[name]) for name, dag in bag.dags.items()},
        "policy": describe_policy(),
    }
    sys.stdout.write(json.dumps(found, default=str) + "\n")


def describe_dag(dag, restored):
    return {
        "doc_md": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "dagrun_timeout": dag.dagrun_timeout,
        "timetable": type(restored.timetable).__name__,
        "params": sorted(dag.params),
        "restored_tasks": sorted(restored.task_dict),
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
    }


def describe_task(task):
    partial = getattr(task, "partial_kwargs", {})

    def value(name):
        return partial.get(name) if task.is_mapped else getattr(task, name)

    return {
        "mapped": task.is_mapped,
        "owner": value("owner"),
        "retries": value("retries"),
        "policy": type(value("retry_policy")).__name__,
        "execution_timeout": value("execution_timeout"),
        "pool": value("pool"),
        "inlets": [asset.name for asset in value("inlets") or []],
        "outlets": [asset.name for asset in value("outlets") or []],
        "downstream": sorted(task.downstream_task_ids),
    }


def describe_policy():
    from sidak.errors import ClearanceError, QuarantineError, RetryError
    from sidak_flow import PatiencePolicy, wait_for

    now = datetime(2026, 11, 20, tzinfo=UTC)
    decide = PatiencePolicy().evaluate
    return {
        "retry": decide(RetryError("quota"), 1, 4).action.value,
        "clearance": decide(ClearanceError("none declared"), 1, 4).action.value,
        "quarantine": decide(QuarantineError("poison"), 1, 4).action.value,
        "other": decide(OSError("?"), 1, 4).action.value,
        "waits": [
            wait.total_seconds()
            for wait in (
                wait_for(now + timedelta(minutes=7), now=now),
                wait_for(now - timedelta(minutes=7), now=now),
                wait_for(now + timedelta(days=7), now=now),
            )
        ],
        "no_moment": wait_for(None, now=now),
    }


if __name__ == "__main__":
    main(sys.argv[1])
