"""Runs one DAG in this process with Airflow's own `dag.test()` and prints what became of it as one JSON line."""

import json
import sys
from pathlib import Path


def main(folder, dag_id, conf):
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.models.pool import Pool
    from airflow.utils import db

    db.initdb()
    Pool.create_or_update_pool("collectors", slots=2, description="", include_deferred=False)
    dag = BundleDagBag(dag_folder=folder, bundle_path=Path(folder), bundle_name="test").dags[dag_id]
    run = dag.test(run_conf=json.loads(conf))
    tasks = [
        {
            "task_id": task.task_id,
            "map_index": task.map_index,
            "state": task.state,
            "try_number": task.try_number,
            "result": task.xcom_pull(task_ids=task.task_id, map_indexes=task.map_index),
        }
        for task in run.get_task_instances()
    ]
    sys.stdout.write(json.dumps({"state": run.state, "tasks": tasks}, default=str) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
