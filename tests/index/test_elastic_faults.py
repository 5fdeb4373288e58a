"""Elasticsearch on a bad day: each answer leads to the right next step, and no item of a bulk answer is overlooked."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from index.elastic import ElasticEngine, open_elastic
from index.elastic_bulk import MOST_ACTIONS, PAUSES_SECONDS
from index.engine import SearchQuery, Split, TrendsQuery
from index.parse_query import parse_query
from sidak.errors import RetryError, SidakError, StopError, UsageError
from sidak.settings import ElasticsearchSettings
from tests.support.certificates import make_certificate
from tests.support.documents import NOW, make_document
from tests.support.elastic_standin import Answer, ElasticStandin, Request, bulk_answer, run_elastic_standin

TOO_LATE_SECONDS = 2.0  # a busy machine must not be called late: only these stories have a short patience
PASSWORD = "kata-sandi-rahasia"  # invented, to see that it is never shown
DOCUMENTS = [make_document(f"x:{number}") for number in range(3)]


@pytest.fixture
def standin() -> Iterator[ElasticStandin]:
    with run_elastic_standin() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def engine(standin: ElasticStandin, pauses: list[float]) -> Iterator[ElasticEngine]:
    engine = _open(standin.url)
    engine._bulk._sleep = pauses.append
    yield engine
    engine.close()


@pytest.fixture
def hurried(standin: ElasticStandin) -> Iterator[ElasticEngine]:
    """Yield an engine that does not wait for what the stand-in delays."""
    engine = _open(standin.url, timeout_seconds=TOO_LATE_SECONDS)
    yield engine
    engine.close()


@pytest.fixture
def orderly(standin: ElasticStandin) -> ElasticStandin:
    """Return the stand-in with aliases and directory in order, so that scripts are about documents alone."""
    standin.in_order = True
    return standin


def _open(url: str, **options: object) -> ElasticEngine:
    settings = ElasticsearchSettings(url=url, username="sidak", password=SecretStr(PASSWORD), **options)
    return open_elastic(settings, clock=lambda: NOW)


def _fault(status: int, type: str = "some_exception", reason: str = "because") -> Answer:
    return Answer(status, {"error": {"type": type, "reason": reason}, "status": status})


ASKED: dict[str, Callable[[ElasticEngine], object]] = {
    "setup": lambda engine: engine.setup(),
    "write": lambda engine: engine.write(DOCUMENTS),
    "delete": lambda engine: engine.delete(["x:1"]),
    "get": lambda engine: engine.get("x:1", include_restricted=True),
    "search": lambda engine: engine.search(SearchQuery(include_restricted=True, facets=("kind",))),
    "ranked": lambda engine: engine.search(SearchQuery(include_restricted=True, sort="relevance")),
    "trends": lambda engine: engine.trends(TrendsQuery(include_restricted=True, splits=(Split(by="area"),))),
    "ids": lambda engine: list(engine.ids()),
    "count": lambda engine: engine.count(),
    "marks": lambda engine: engine.published_segments(),
    "mark": lambda engine: engine.mark_published("reports/1"),
    "refresh": lambda engine: engine.refresh(),
    "clear": lambda engine: engine.clear(),
}

DISK = "index [sidak] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]"
FAULTS: dict[str, tuple[Answer, type[SidakError], str]] = {
    "wrong password": (_fault(401, "security_exception"), StopError, "SIDAK_ELASTICSEARCH__USERNAME"),
    "no right": (_fault(403, "security_exception"), StopError, "may not do that"),
    "disk watermark": (_fault(429, "cluster_block_exception", DISK), StopError, "free space"),
    "read only": (_fault(403, "cluster_block_exception", "FORBIDDEN/12/index read-only"), StopError, "free space"),
    "busy": (_fault(429, "es_rejected_execution_exception"), RetryError, "busy|pushed back"),
    "no master": (_fault(503, "cluster_block_exception", "blocked by: no master"), RetryError, "busy|pushed back"),
    "not whole": (_fault(503, "search_phase_execution_exception"), RetryError, "busy|pushed back"),
    "bad gateway": (Answer(502, b"<html>Bad Gateway</html>", "text/html", product=False), RetryError, "127.0.0.1"),
    "a web page": (Answer(200, b"<html>Welcome</html>", "text/html"), RetryError, "not Elasticsearch's"),
    "half a JSON": (Answer(200, b'{"hits": {"tot'), RetryError, "not Elasticsearch's"),
    "another server": (Answer(200, {"hello": "world"}, product=False), StopError, "is no Elasticsearch"),
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("fault", ["wrong password", "disk watermark", "not whole", "a web page"])
def test_every_method_names_what_happens_next(
    engine: ElasticEngine, standin: ElasticStandin, asked: str, fault: str
) -> None:
    answer, error, message = FAULTS[fault]
    standin.play(answer)
    with pytest.raises(error, match=message) as caught:
        ASKED[asked](engine)
    assert "127.0.0.1" in str(caught.value)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("asked", ["write", "search"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_names_what_happens_next(
    engine: ElasticEngine, standin: ElasticStandin, asked: str, fault: str
) -> None:
    answer, error, message = FAULTS[fault]
    standin.play(answer)
    with pytest.raises(error, match=message) as caught:
        ASKED[asked](engine)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize("asked", ["write", "search"])
def test_an_answer_that_comes_too_late_is_worth_another_try(
    hurried: ElasticEngine, standin: ElasticStandin, asked: str
) -> None:
    standin.play(Answer(delay_seconds=2 * TOO_LATE_SECONDS))
    with pytest.raises(RetryError, match=r"127\.0\.0\.1.*no answer in time"):
        ASKED[asked](hurried)


@pytest.mark.parametrize("asked", [name for name in ASKED if name not in {"setup", "clear"}])
@pytest.mark.parametrize(
    "body", [{}, [], {"items": [{"index": {"status": "x"}}]}, {"hits": {"hits": [{}]}}, "text", None]
)
def test_an_answer_of_another_shape_is_no_answer(
    engine: ElasticEngine, standin: ElasticStandin, asked: str, body: object
) -> None:
    standin.play(Answer(body=body))
    with pytest.raises(RetryError):
        ASKED[asked](engine)


def test_a_refused_item_inside_a_good_answer_is_told_and_the_rest_is_kept(
    engine: ElasticEngine, orderly: ElasticStandin
) -> None:
    orderly.play(bulk_answer(201, 400, 409, type="document_parsing_exception"))
    outcome = engine.write(DOCUMENTS)
    assert (outcome.written, outcome.stale) == (1, 1)
    assert [(each.id, each.reason) for each in outcome.rejected] == [
        ("x:1", "document_parsing_exception: reason for x:1")
    ]


def test_only_what_was_pushed_back_is_sent_again(
    engine: ElasticEngine, orderly: ElasticStandin, pauses: list[float]
) -> None:
    orderly.play(bulk_answer(201, 429, 503), bulk_answer(409, 503), bulk_answer(200))
    outcome = engine.write(DOCUMENTS)
    assert [request.bulk_ids for request in orderly.requests] == [["x:0", "x:1", "x:2"], ["x:1", "x:2"], ["x:2"]]
    assert (outcome.written, outcome.stale, outcome.rejected) == (2, 1, ())
    assert pauses == list(PAUSES_SECONDS[:2])


def test_what_is_pushed_back_for_good_is_not_called_written(
    engine: ElasticEngine, orderly: ElasticStandin, pauses: list[float]
) -> None:
    orderly.play(bulk_answer(201, 429, 201), bulk_answer(429))
    with pytest.raises(RetryError, match="1 of 3 documents were pushed back"):
        engine.write(DOCUMENTS)
    assert len(orderly.requests) == 1 + len(PAUSES_SECONDS)
    assert pauses == list(PAUSES_SECONDS)


def test_a_busy_server_that_recovers_is_no_error(engine: ElasticEngine, orderly: ElasticStandin) -> None:
    orderly.play(_fault(503), _fault(429, "es_rejected_execution_exception"), bulk_answer(201, 201, 201))
    assert engine.write(DOCUMENTS).written == 3


@pytest.mark.parametrize(
    ("status", "type", "message"),
    [
        (429, "cluster_block_exception", "free space"),
        (403, "cluster_block_exception", "free space"),
        (403, "security_exception", "may not"),
        (404, "index_not_found_exception", "sidak reindex"),
        (400, "index_closed_exception", "refused the request"),
    ],
)
def test_an_item_that_only_a_person_can_help_stops_the_write(
    engine: ElasticEngine, orderly: ElasticStandin, status: int, type: str, message: str
) -> None:
    orderly.play(bulk_answer(201, status, 201, type=type))
    with pytest.raises(StopError, match=message):
        engine.write(DOCUMENTS)


def test_an_answer_that_forgets_items_is_not_believed(engine: ElasticEngine, orderly: ElasticStandin) -> None:
    orderly.play(Answer(body={"errors": False, "items": [{"index": {"status": 201}}]}))
    with pytest.raises(RetryError, match=r"3 of 3|1 of 3"):
        engine.write(DOCUMENTS)


def test_a_request_too_large_is_cut_until_it_fits(engine: ElasticEngine, orderly: ElasticStandin) -> None:
    def script(request: Request) -> Answer:
        ids = request.bulk_ids
        if len(ids) > 1 or ids == ["x:1"]:
            return _fault(413)
        return bulk_answer(201)(request)

    orderly.play(script)
    outcome = engine.write(DOCUMENTS)
    assert outcome.written == 2
    assert [(each.id, each.reason.split(":")[0]) for each in outcome.rejected] == [("x:1", "too_large")]


def test_long_writes_are_sent_in_pieces(engine: ElasticEngine, orderly: ElasticStandin) -> None:
    orderly.play(lambda request: bulk_answer(*[201] * len(request.bulk_ids))(request))
    documents = [make_document(f"x:{number}") for number in range(MOST_ACTIONS + 1)]
    assert engine.write(documents).written == MOST_ACTIONS + 1
    assert sorted(len(request.bulk_ids) for request in orderly.requests) == [1, MOST_ACTIONS]
    orderly.requests.clear()
    large = [msgspec.structs.replace(document, text="kata " * 400_000) for document in DOCUMENTS]
    assert engine.write(large).written == 3
    assert len(orderly.requests) > 1


def test_a_write_that_took_effect_before_the_answer_was_lost_is_stale_when_repeated(
    engine: ElasticEngine, hurried: ElasticEngine, orderly: ElasticStandin
) -> None:
    orderly.play(Answer(delay_seconds=2 * TOO_LATE_SECONDS), bulk_answer(409, 409, 409))
    with pytest.raises(RetryError, match="no answer in time"):
        hurried.write(DOCUMENTS)
    outcome = engine.write(DOCUMENTS)
    assert (outcome.written, outcome.stale, outcome.rejected) == (0, 3, ())


def test_a_lost_ranking_is_an_expired_page(engine: ElasticEngine, standin: ElasticStandin) -> None:
    hits = [
        {
            "_id": id,
            "sort": [1.5, 0, id, 0],
            "_source": {"id": id, "stems": "jalan", "created_at": "2026-11-20T05:00:00Z"},
        }
        for id in ("x:1", "x:2")
    ]
    answer = Answer(body={"hits": {"total": {"value": 2}, "hits": hits}, "pit_id": "p"})
    gone = Answer(body={"docs": [{"_id": "x:1", "found": False}]})
    standin.play(answer, Answer(body={"id": "p"}), answer, gone, _fault(404, "search_context_missing_exception"))
    query = SearchQuery(include_restricted=True, sort="relevance", limit=1, expression=parse_query("jalan"))
    with pytest.raises(UsageError, match="kedaluwarsa"):
        engine.search(query)


def test_another_node_is_asked_where_one_is_gone(orderly: ElasticStandin) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{listener.getsockname()[1]}"
    engine = _open(f"{gone}, {orderly.url}")
    for _ in range(4):
        orderly.play(bulk_answer(201, 201, 201))
        assert engine.write(DOCUMENTS).written == 3
    engine.close()


def test_a_search_that_the_server_gave_up_is_a_message_and_no_fault(
    engine: ElasticEngine, standin: ElasticStandin
) -> None:
    standin.play(_fault(429, "search_timeout_exception"))
    with pytest.raises(UsageError, match="terlalu berat"):
        engine.search(SearchQuery(include_restricted=True, expression=parse_query("jalan")))


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    engine = _open(f"http://sidak:{PASSWORD}@127.0.0.1:{port}")
    for ask in ASKED.values():
        with pytest.raises(RetryError, match=rf"127\.0\.0\.1:{port}") as caught:
            ask(engine)
        assert PASSWORD not in str(caught.value)
    engine.close()


def test_a_certificate_that_is_not_trusted_stops(standin: ElasticStandin) -> None:
    engine = _open(standin.url.replace("http://", "https://"))
    with pytest.raises(StopError, match="CA_CERTS"):
        engine.count()
    engine.close()


def test_a_certificate_that_has_expired_stops_and_says_so(tmp_path: Path) -> None:
    good, expired = (make_certificate(tmp_path / str(days), days_left=days) for days in (30, -30))
    with run_elastic_standin(good) as server:
        server.play(Answer(body={"count": 3}))
        engine = _open(server.url, ca_certs=good.authority)
        assert engine.count() == 3
        engine.close()
    with run_elastic_standin(expired) as server:
        server.play(Answer(body={"count": 3}))
        engine = _open(server.url, ca_certs=expired.authority)
        for ask in ASKED.values():
            with pytest.raises(StopError, match=r"certificate has expired; put a new one"):
                ask(engine)
        engine.close()
        assert server.requests == []


@pytest.mark.parametrize(
    ("url", "ca_certs"), [("no address", None), ("http://", None), ("https://127.0.0.1:1", "none.pem")]
)
def test_settings_that_make_no_sense_are_named(url: str, ca_certs: str | None, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="SIDAK_ELASTICSEARCH__"):
        _open(url, ca_certs=tmp_path / ca_certs if ca_certs else None)


def test_a_prefix_that_elasticsearch_would_refuse_is_named() -> None:
    with pytest.raises(StopError, match="SIDAK_ELASTICSEARCH__PREFIX"):
        _open("http://127.0.0.1:1", prefix="Sidak*")
