"""What every DAG here must be, seen through Airflow's own eyes."""

import pytest

DAG_IDS = {"sidak_collect", "sidak_enrich", "sidak_publish", "sidak_refresh"}


@pytest.fixture(scope="module")
def found(run_script, dags_folder):
    return run_script("inspect_dags.py", dags_folder)


def test_the_files_are_read_without_errors(found):
    assert found["import_errors"] == {}
    assert set(found["dags"]) == DAG_IDS


def test_reading_them_is_quick_and_loads_no_stage(found):
    assert set(found["loaded"]) <= {"sidak", "sidak.errors"}
    assert found["parse_seconds"] < 2


def test_they_survive_serialization(found):
    for dag in found["dags"].values():
        assert dag["restored_tasks"] == sorted(dag["tasks"])


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_house_rules(found, dag_id):
    dag = found["dags"][dag_id]
    assert dag["catchup"] is False
    assert dag["max_active_runs"] == 1
    assert dag["dagrun_timeout"]
    assert "sidak" in dag["tags"]
    for heading in ("**Purpose.**", "**Owner.**", "**Safe to repeat.**", "**When it fails.**"):
        assert heading in dag["doc_md"], heading
    for task in dag["tasks"].values():
        assert task["owner"] == "sidak"
        assert task["retries"] == 4
        assert task["policy"] == "PatiencePolicy"
        assert task["execution_timeout"]


def test_one_sets_the_next_in_motion(found):
    collect, enrich, publish, refresh = (found["dags"][name]["tasks"] for name in sorted(DAG_IDS))
    assert collect["plan"]["downstream"] == ["collect"]
    assert collect["collect"]["mapped"]
    assert collect["collect"]["pool"] == "collectors"
    assert collect["collect"]["outlets"] == enrich["enrich"]["inlets"] == ["sidak_posts"]
    assert enrich["enrich"]["outlets"] == publish["publish"]["inlets"] == ["sidak_reports"]
    assert publish["publish"]["outlets"] == ["sidak_index"]
    assert refresh["plan"]["downstream"] == ["refresh"]
    assert refresh["refresh"]["mapped"]
    assert (refresh["refresh"]["pool"], refresh["refresh"]["outlets"]) == ("collectors", ["sidak_posts"])
    assert found["dags"]["sidak_collect"]["timetable"] == "CronDataIntervalTimetable"
    assert found["dags"]["sidak_enrich"]["timetable"] == "AssetOrTimeSchedule"
    assert found["dags"]["sidak_publish"]["timetable"] == "AssetTriggeredTimetable"
    assert found["dags"]["sidak_collect"]["params"] == ["since", "sources", "until"]


def test_errors_that_waiting_heals_are_waited_for_and_others_are_not_repeated(found):
    policy = found["policy"]
    assert (policy["retry"], policy["clearance"], policy["quarantine"]) == ("retry", "fail", "fail")
    assert policy["other"] == "default"
    assert policy["waits"] == [420, 1, 3600]
    assert policy["no_moment"] is None
