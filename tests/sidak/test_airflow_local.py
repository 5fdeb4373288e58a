"""What somebody reads when the local Airflow cannot start; that it does start is shown in tests/dags."""

import pytest

from sidak.app.airflow_api import AirflowApi, answered
from sidak.app.airflow_local import run_airflow
from sidak.errors import RetryError, StopError


@pytest.mark.airflow
def test_an_airflow_that_cannot_make_its_database_says_so(tmp_path):
    env = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "nonsense://"}
    with (
        pytest.raises(StopError, match=r"cannot make its database: .*nonsense"),
        run_airflow(tmp_path / "airflow", tmp_path, dag_ids=(), env=env),
    ):
        pytest.fail("it must not start")


def test_an_airflow_that_is_not_there_is_waited_for():
    api = AirflowApi("http://127.0.0.1:1")
    with pytest.raises(RetryError, match="does not answer"):
        api.dag_ids()
    assert answered(api.dag_ids) is None
    api.close()
