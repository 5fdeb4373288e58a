"""The DAGs run whole in one process (`dag.test()`), on homes in which little or nothing is there."""

import json

import pytest

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def runs(run_script, dags_folder, tmp_path_factory):
    env = {"SIDAK_HOME": str(tmp_path_factory.mktemp("home"))}
    steps = {
        "collect": {"dag_id": "sidak_collect", "env": env},
        "enrich": {"dag_id": "sidak_enrich", "env": env},
        "publish": {"dag_id": "sidak_publish", "env": env},
        "refresh": {"dag_id": "sidak_refresh", "env": env},
        "collect, no such source": {"dag_id": "sidak_collect", "conf": {"sources": ["tidak_ada"]}, "env": env},
        "publish, wrong settings": {"dag_id": "sidak_publish", "env": {**env, "SIDAK_INDEX": "lainnya"}},
    }
    results = run_script("run_dags.py", dags_folder, json.dumps(list(steps.values())))
    return dict(zip(steps, results, strict=True))


def test_without_clearance_nothing_is_asked_and_the_run_fails_at_once(runs):
    run = runs["collect"]
    assert run["state"] == "failed"
    assert (run["tasks"]["plan"]["state"], run["tasks"]["plan"]["try_number"]) == ("failed", 1)
    assert run["tasks"]["collect"]["state"] == "upstream_failed"


@pytest.mark.parametrize(("stage", "counted"), [("enrich", "posts"), ("publish", "written")])
def test_an_empty_home_is_no_failure(runs, stage, counted):
    run = runs[stage]
    assert run["state"] == "success"
    assert run["tasks"][stage]["result"][counted] == 0


def test_where_nothing_is_stored_nothing_is_looked_up(runs):
    assert {name: task["state"] for name, task in runs["refresh"]["tasks"].items()} == {
        "plan": "skipped",
        "refresh": "skipped",
    }


@pytest.mark.parametrize("name", ["collect, no such source", "publish, wrong settings"])
def test_what_only_a_person_can_mend_is_not_tried_again(runs, name):
    task = runs[name]["tasks"][name.partition(",")[0]]
    assert (runs[name]["state"], task["state"], task["try_number"]) == ("failed", "failed", 1)
