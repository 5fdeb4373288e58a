"""The DAGs run whole in one process (`dag.test()`), on homes in which little or nothing is there."""

import pytest

pytestmark = pytest.mark.airflow


@pytest.fixture
def run_dag(run_script, dags_folder, tmp_path):
    def run(dag_id, conf="{}", **env):
        return run_script("run_dag.py", dags_folder, dag_id, conf, env={"SIDAK_HOME": str(tmp_path / "home"), **env})

    return run


def test_without_clearance_nothing_is_asked_and_the_run_fails_at_once(run_dag):
    run = run_dag("sidak_collect")
    assert run["state"] == "failed"
    plan = next(task for task in run["tasks"] if task["task_id"] == "plan")
    assert (plan["state"], plan["try_number"]) == ("failed", 1)


def test_an_empty_home_is_enriched_and_published_without_complaint(run_dag):
    for dag_id, counted in (("sidak_enrich", "posts"), ("sidak_publish", "written")):
        run = run_dag(dag_id)
        assert run["state"] == "success"
        (task,) = run["tasks"]
        assert task["result"][counted] == 0


def test_wrong_settings_fail_at_once(run_dag):
    run = run_dag("sidak_publish", SIDAK_INDEX="lainnya")
    (task,) = run["tasks"]
    assert (run["state"], task["state"], task["try_number"]) == ("failed", "failed", 1)
