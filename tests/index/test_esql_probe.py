"""Whether a server knows ES|QL is told from what it answers, also by servers that are not here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.esql_probe import open_esql_probe
from sidak.errors import RetryError, StopError
from sidak.settings import ElasticsearchSettings
from tests.support.elastic_standin import Answer, ElasticStandin, run_elastic_standin

NO_HANDLER = {"error": "no handler found for uri [/_query] and method [POST]"}
WRONG_METHOD = {"error": "Incorrect HTTP method for uri [/_query] and method [POST], allowed: [GET]", "status": 405}
UNKNOWN_COLUMN = {
    "error": {"type": "verification_exception", "reason": "line 1:8: Unknown column [judul]"},
    "status": 400,
}


@pytest.fixture
def server() -> Iterator[ElasticStandin]:
    with run_elastic_standin() as standin:
        yield standin


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        (Answer(400, NO_HANDLER), False),
        (Answer(405, WRONG_METHOD), False),
        (Answer(400, UNKNOWN_COLUMN), True),
        (Answer(200, {"columns": [], "values": []}), True),
    ],
)
def test_a_server_tells_whether_it_has_esql(server: ElasticStandin, answer: Answer, there: bool) -> None:
    server.play(answer)
    with open_esql_probe(ElasticsearchSettings(url=server.url)) as probe:
        assert probe.is_there() is there


def test_a_refused_query_comes_with_the_servers_reason(server: ElasticStandin) -> None:
    server.play(Answer(400, UNKNOWN_COLUMN))
    with open_esql_probe(ElasticsearchSettings(url=server.url)) as probe:
        assert probe.refusal("FROM a | KEEP judul") == "line 1:8: Unknown column [judul]"


@pytest.mark.parametrize(("status", "error"), [(401, StopError), (503, RetryError)])
def test_a_server_that_cannot_be_asked_is_no_server_without_esql(
    server: ElasticStandin, status: int, error: type[Exception]
) -> None:
    server.play(Answer(status, {"error": {"type": "x", "reason": "y"}}))
    with open_esql_probe(ElasticsearchSettings(url=server.url)) as probe, pytest.raises(error):
        probe.is_there()
