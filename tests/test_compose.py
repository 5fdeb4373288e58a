"""The deployment keeps its promises: nothing published, no secret written down, everything limited, watched and pinned."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import typer
import yaml
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from sidak.app.cli import app
from sidak.settings import load_settings
from tests.support.elasticsearch import VERSION

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "compose.yaml"
TEXT = COMPOSE.read_text(encoding="utf-8")
PARSED: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = PARSED["services"]
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("sidak:")}
ASKED_FOR = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(:\?[^}]+)?([^}]*)\}")
SECRET = re.compile(r"(PASSWORD|KEY|SECRET|TOKEN|CONN|BACKEND|BROKER_URL|LEDGER_URL)$")
EXAMPLE = {
    name: value
    for name, _, value in (line.partition("=") for line in (ROOT / ".env.example").read_text().splitlines())
    if name and not name.startswith("#")
}


def every(names: Any = SERVICES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", sorted(names))


@every(set(SERVICES) - ONCE)
def test_each_service_that_stays_is_watched_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries", "start_period"} <= service["healthcheck"].keys()


@every()
def test_each_service_is_limited(name: str) -> None:
    assert SERVICES[name]["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert SERVICES[name]["logging"]["options"].keys() == {"max-size", "max-file"}


@every()
def test_each_service_has_the_rights_it_needs_and_no_more(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.keys() & {"privileged", "cap_add", "pid", "ipc", "devices"}
    assert service.get("network_mode", "none") == "none"
    assert "docker.sock" not in str(service)
    assert service.get("read_only", False) or name in {"elasticsearch-certificates", "elasticsearch", "kibana"}


def test_doors_open_to_this_machine_alone_and_the_stores_have_none() -> None:
    doors = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert doors.keys() == {"kibana", "airflow-api-server", "console", "receiver"}
    assert [port for ports in doors.values() for port in ports if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)] == []
    assert len({port.split(":")[1] for ports in doors.values() for port in ports}) == len(doors)
    for name in ("elasticsearch", "postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert PARSED["networks"]["inside"] == {"internal": True}


@every()
def test_each_image_is_pinned(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].rpartition(":")
    assert re.match(r"\d+\.\d+(\.\d+)?(-[a-z]+)?$", tag) or (name in OURS and tag.endswith("0.1.0}"))


def test_the_elasticsearch_deployed_is_the_one_the_tests_run_on() -> None:
    assert SERVICES["elasticsearch"]["image"].endswith(f":{VERSION}")
    assert SERVICES["kibana"]["image"].endswith(f":{VERSION}")


def test_what_is_asked_for_must_be_given_and_is_in_the_example_without_a_value() -> None:
    asked = ASKED_FOR.findall(TEXT)
    assert {name for name, message, _ in asked if not message} == set()
    assert [rest for *_, rest in asked if rest] == []
    assert {name for name, *_ in asked} == EXAMPLE.keys()
    assert set(EXAMPLE.values()) == {""}


@every()
def test_no_secret_is_written_down(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    for variable, value in environment.items():
        if SECRET.search(variable):
            assert ASKED_FOR.search(value), variable
    assert re.findall(r"://[^:/@\s]*:(?!\$\{)[^@\s]*@", str(SERVICES[name])) == []


@every()
def test_each_service_waits_for_what_it_needs(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if needed in ONCE else "service_healthy"
        assert how == {"condition": expected}
    if name in ONCE:
        assert any(name in service.get("depends_on", {}) for service in SERVICES.values())


@every()
def test_each_mount_is_there(name: str) -> None:
    for mount in SERVICES[name].get("volumes", ()):
        source = mount.split(":")[0]
        if source.startswith("./"):
            assert (ROOT / source).is_file()
            assert mount.endswith(":ro")
        else:
            assert source in PARSED["volumes"] or source.startswith("${SIDAK_CONFIG_DIR")


@every(OURS)
def test_each_command_and_setting_is_one_of_ours_or_airflows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service = SERVICES[name]
    if service.get("command", [""])[0] == "sidak":
        main = typer.main.get_command(app)
        command = main.get_command(None, service["command"][1])
        command.make_context(command.name, service["command"][2:])
    for variable, value in service["environment"].items():
        # Celery's own settings come with its provider, which is in the image only.
        if variable.startswith("AIRFLOW__") and not variable.startswith("AIRFLOW__CELERY"):
            _, section, option = variable.lower().split("__")
            assert option in airflow_options()[section]["options"], variable
        elif variable.startswith("SIDAK_"):
            monkeypatch.setenv(variable, value)
    if "SIDAK_HOME" in service["environment"]:
        settings = load_settings()
        unknown = [v for v in service["environment"] if v.startswith("SIDAK_") and not _reaches(settings, v)]
        assert unknown == []
        assert settings.index == "elasticsearch"
        assert settings.ledger_database_url().startswith("postgresql+psycopg://")


@cache
def airflow_options() -> dict[str, Any]:
    # Read, not imported: Airflow settles its home when it is imported first, and that is for the tests of the DAGs.
    found = importlib.util.find_spec("airflow")
    assert found is not None
    assert found.origin is not None
    described: dict[str, Any] = yaml.safe_load((Path(found.origin).parent / "config_templates/config.yml").read_bytes())
    return described


def _reaches(settings: Any, variable: str) -> bool:
    for part in variable.removeprefix("SIDAK_").lower().split("__"):
        settings = getattr(settings, part, None)
    return settings is not None


def test_the_image_holds_what_the_services_run() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    for named in re.findall(r"/opt/sidak/deploy/([\w.-]+)", TEXT):
        assert f"deploy/{named}" in dockerfile
    assert [line for line in dockerfile.splitlines() if re.match(r"(ENV|ARG).*(PASSWORD|SECRET|TOKEN)", line)] == []
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["python:3.12.11-slim-bookworm"] * 2
    assert "USER 10001" in dockerfile


def test_the_image_runs_the_versions_that_were_tested() -> None:
    locked, tested = (_read_lock(ROOT / path) for path in ("deploy/requirements.lock", "requirements.lock"))
    assert {name for name in locked if name in tested and not locked[name] <= tested[name]} == set()
    assert {"apache-airflow", "apache-airflow-providers-celery", "elasticsearch", "spacy", "psycopg"} <= locked.keys()
    assert not {"pytest", "mypy", "playwright"} & locked.keys()


def _read_lock(path: Path) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    text = path.read_text()
    for name, version, rest in re.findall(r"^([a-z0-9.-]+)==(\S+)([^\n]*\n(?: {4}[^\n]*\n)*)", text, re.MULTILINE):
        assert "--hash=sha256:" in rest, name
        versions.setdefault(name, set()).add(version)
    assert "://" not in text
    return versions


def has_compose() -> bool:
    docker = shutil.which("docker")
    return (
        docker is not None
        and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(
    not has_compose(), reason="no docker compose on this machine: the file was read by the tests above only"
)
def test_docker_compose_takes_it_and_names_what_is_missing(tmp_path: Path) -> None:
    given = tmp_path / "env"
    given.write_text("".join(f"{name}=x1\n" for name in EXAMPLE))
    command = [
        "docker",
        "compose",
        "--file",
        COMPOSE,
        "--profile",
        "whatsapp",
        "--env-file",
        given,
        "config",
        "--quiet",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    given.write_text("".join(f"{name}=x1\n" for name in EXAMPLE if name != "ELASTIC_PASSWORD"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ELASTIC_PASSWORD" in done.stderr


def test_secrets_are_drawn_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SIDAK_REGION=33\nELASTIC_PASSWORD=kept\nSIDAK_SOMETHING_NEWER=stays\n")
    missing = _make_secrets(file)
    drawn = dict(line.split("=", 1) for line in file.read_text().splitlines() if not line.startswith("#") and line)
    assert missing == "SIDAK_VERSION, SIDAK_CONFIG_DIR"
    assert drawn["SIDAK_REGION"] == "33"
    assert drawn["ELASTIC_PASSWORD"] == "kept"
    assert drawn["SIDAK_SOMETHING_NEWER"] == "stays"
    secrets = [value for name, value in drawn.items() if SECRET.search(name) and value != "kept"]
    assert len(set(secrets)) == len(secrets) == len([name for name in EXAMPLE if SECRET.search(name)]) - 1
    assert all(re.fullmatch(r"[0-9A-Za-z_=-]{40,}", value) for value in secrets)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_text()
    _make_secrets(file)
    assert file.read_text() == before


def _make_secrets(file: Path) -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "deploy/make_secrets.py", file], capture_output=True, text=True, check=True
    )
    return done.stdout.strip().partition("fill in ")[2]


@pytest.mark.parametrize(("status", "lives"), [(200, True), (403, True), (500, False), (None, False)])
def test_a_service_lives_when_it_answers(status: int | None, lives: bool) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status or 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port if status else 1}/"
            done = subprocess.run([sys.executable, ROOT / "deploy/answers.py", address], check=False)
        finally:
            server.shutdown()
            thread.join()
    assert (done.returncode == 0) is lives


@pytest.mark.parametrize("script", sorted((ROOT / "deploy").glob("*.sh")), ids=lambda path: path.name)
def test_each_script_can_be_read_by_bash(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], capture_output=True, check=False).stderr == b""


@pytest.mark.postgres
def test_the_databases_are_made_with_an_owner_each(postgres_server: str, tmp_path: Path) -> None:
    server = make_url(postgres_server)
    folder = tmp_path / "bin"
    folder.mkdir()
    # The image calls psql on its own socket as the superuser; here the same words go to the server of the tests.
    real = shutil.which("psql") or max(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    address = server.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    (folder / "psql").write_text(
        f'#!/bin/bash\nfor word; do case $word in --username=*|--dbname=*) ;; *) kept+=("$word");; esac; done\n'
        f'exec {real} "${{kept[@]}}" {address!r}\n'
    )
    (folder / "psql").chmod(0o755)
    # The tests' superuser has the name of one of the owners.
    script = (ROOT / "deploy/make-databases.sh").read_text().replace("sidak", "sidak_compose")
    passwords = {"AIRFLOW_DATABASE_PASSWORD": "a" * 16, "SIDAK_DATABASE_PASSWORD": 'it\'s "quoted"'}
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **passwords}
    admin = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        with admin.connect() as connection:
            owners = connection.exec_driver_sql(
                "SELECT datname, rolname FROM pg_database JOIN pg_roles ON datdba = pg_roles.oid WHERE datname IN ('airflow', 'sidak_compose')"
            ).fetchall()
            assert sorted(map(tuple, owners)) == [("airflow", "airflow"), ("sidak_compose", "sidak_compose")]
    finally:
        with admin.connect() as connection:
            for name in ("airflow", "sidak_compose"):
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
                connection.exec_driver_sql(f"DROP ROLE IF EXISTS {name}")
        admin.dispose()
