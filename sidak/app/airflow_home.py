"""The folder that a local Airflow lives in: its environment, its password file, and what its logs say."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from sidak.app.airflow_api import RunReport, TaskReport

USER = "admin"


def passwords_path(home: Path) -> Path:
    """Return where the sign-in of this Airflow is kept."""
    return home / "passwords.json"


def furnish_airflow(home: Path, *, password: str) -> None:
    """Make the folder and the password file, readable by nobody else."""
    home.mkdir(parents=True, exist_ok=True)
    path = passwords_path(home)
    path.touch(mode=0o600)
    path.write_text(json.dumps({USER: password}))


def build_environment(home: Path, dags: Path, *, address: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of every Airflow process; `env` is added to it and wins."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        # Airflow starts many processes; without compiled files each of them compiles everything again.
        if not name.startswith("AIRFLOW") and name != "PYTHONDONTWRITEBYTECODE"
    }
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords_path(home)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": address.rpartition(":")[2],
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    return inherited | own | dict(env)


def read_failure(home: Path, report: RunReport, task: TaskReport) -> str:
    """Return the error that a task's last try ended with, from its log."""
    folder = home / "logs" / f"dag_id={report.dag_id}" / f"run_id={report.run_id}" / f"task_id={task.task_id}"
    attempts = sorted((folder / f"map_index={task.map_index}" if task.map_index >= 0 else folder).glob("attempt=*.log"))
    for line in reversed(attempts[-1].read_text(errors="replace").splitlines() if attempts else []):
        try:
            details = json.loads(line).get("error_detail")
        except (ValueError, AttributeError):
            continue
        if details:
            return f"{details[0].get('exc_type')}: {details[0].get('exc_value')}"
    return f"no reason found in {folder}"
