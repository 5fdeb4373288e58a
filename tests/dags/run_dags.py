"""Runs DAGs one after the other in this process with Airflow's own `dag.test()`; prints what became of them as JSON.

Arguments: the DAGs folder, and a JSON list of steps {"dag_id", "conf", "env"}. One process for all, because Airflow's
own start takes longer than every one of these runs.
"""

import json
import os
import sys
from pathlib import Path


def main(folder, steps):
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.models.pool import Pool
    from airflow.utils import db

    db.initdb()
    Pool.create_or_update_pool("collectors", slots=2, description="", include_deferred=False)
    bag = BundleDagBag(dag_folder=folder, bundle_path=Path(folder), bundle_name="test")
    results = []
    for step in json.loads(steps):
        os.environ.update(step["env"])
        run = bag.dags[step["dag_id"]].test(run_conf=step.get("conf", {}))
        results.append(
            {"state": run.state, "tasks": {task.task_id: describe(task) for task in run.get_task_instances()}}
        )
    sys.stdout.write(json.dumps(results, default=str) + "\n")


def describe(task):
    return {
        "state": task.state,
        "try_number": task.try_number,
        "result": task.xcom_pull(task_ids=task.task_id, map_indexes=task.map_index),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
