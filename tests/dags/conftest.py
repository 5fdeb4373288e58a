import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DAGS = HERE.parents[1] / "dags"


@pytest.fixture(scope="session")
def dags_folder():
    return DAGS


@pytest.fixture(scope="session")
def airflow_env(tmp_path_factory):
    """An environment in which Airflow reads our DAG files and keeps everything else in a folder of its own."""
    home = tmp_path_factory.mktemp("airflow")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }


@pytest.fixture(scope="session")
def run_script(airflow_env):
    """Run one of this folder's programs and return the JSON of its last line."""

    def run(name, *arguments, env=None, timeout=200):
        command = [sys.executable, HERE / name, *map(str, arguments)]
        done = subprocess.run(
            command, env=airflow_env | (env or {}), capture_output=True, text=True, timeout=timeout, check=False
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run
