"""What somebody reads when the local Airflow cannot start; that it does start is shown in tests/dags."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

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


@pytest.mark.parametrize(("stumbles", "asked"), [(2, 3), (9, 4)])
def test_an_airflow_that_stumbles_is_asked_again_and_not_for_ever(stumbles, asked):
    with stumbling(stumbles) as (address, heard), closing(AirflowApi(address)) as api:
        if stumbles < asked:
            api.set_paused("sidak_enrich", paused=True)
        else:
            with pytest.raises(RetryError, match="PATCH /api/v2/dags/sidak_enrich with 500"):
                api.set_paused("sidak_enrich", paused=True)
    assert heard == ["PATCH"] * asked


def test_a_run_is_never_asked_for_twice():
    with (
        stumbling(1) as (address, heard),
        closing(AirflowApi(address)) as api,
        pytest.raises(RetryError, match="500"),
    ):
        api.trigger("sidak_collect", {})
    assert heard == ["POST"], "the first may have been heard"


@contextmanager
def stumbling(times: int) -> Iterator[tuple[str, list[str]]]:
    """Serve an interface on loopback that answers so many times with 500, then with an empty object."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            heard.append(self.command)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            body = json.dumps({}).encode()
            self.send_response(500 if len(heard) <= times else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PATCH = do_POST = answer  # noqa: N815 - the library's names

        def log_message(self, *_arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()
