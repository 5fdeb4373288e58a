"""One report, one place: between the lanes it moves, at whatever moment somebody is killed or comes late."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import msgspec
import pytest
from elasticsearch import Elasticsearch

from index.document import Document
from index.elastic import ElasticEngine, open_elastic
from index.elastic_bulk import Action, Item
from index.engine import SearchQuery
from index.parse_query import parse_query
from sidak.settings import ElasticsearchSettings
from tests.support.documents import NOW, make_document
from tests.support.elasticsearch import remove_deployment

pytestmark = pytest.mark.elasticsearch

OPEN = make_document("x:1", "Jalan rusak parah, pungli di jembatan timbang", version=5)
SECRET = msgspec.structs.replace(OPEN, restricted=True, kind="misconduct", category="pungli", version=6)
OPEN_AGAIN = msgspec.structs.replace(OPEN, version=7)


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


@pytest.fixture(scope="module")
def admin(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


@pytest.fixture(scope="module")
def prefix() -> str:
    return f"sidak-lanes-{uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def shared(elasticsearch_url: str, prefix: str, admin: Elasticsearch) -> Iterator[ElasticEngine]:
    engine = open_elastic(ElasticsearchSettings(url=elasticsearch_url, prefix=prefix), clock=lambda: NOW)
    engine.setup()
    yield engine
    engine.close()
    remove_deployment(admin, prefix)


@pytest.fixture
def engine(shared: ElasticEngine) -> ElasticEngine:
    """Return an engine without documents, marks or entries that matter; each test has an id of its own."""
    shared.delete(list(shared.ids()))
    return shared


@pytest.fixture
def document() -> Document:
    return msgspec.structs.replace(OPEN, id=f"x:{uuid4().hex}")


def secret(document: Document, version: int = 6) -> Document:
    return msgspec.structs.replace(SECRET, id=document.id, version=version)


def copies(admin: Elasticsearch, prefix: str, id: str) -> list[tuple[str, int]]:
    """Return lane and version of every copy of an id, in all indices there are."""
    names = [name for name in admin.indices.get(index=f"{prefix}-*").body if "-homes-" not in name]
    found = admin.mget(docs=[{"_index": name, "_id": id} for name in names]).body["docs"]
    return [
        (doc["_index"].removeprefix(f"{prefix}-").partition("-")[0], doc["_version"])
        for doc in found
        if doc.get("found")
    ]


def test_there_and_back_no_copy_remains(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str, document: Document
) -> None:
    engine.write([document])
    assert copies(admin, prefix, document.id) == [("reports", 5)]
    assert engine.write([secret(document)]).written == 1
    assert copies(admin, prefix, document.id) == [("restricted", 6)]
    assert engine.get(document.id, include_restricted=False) is None
    assert engine.search(SearchQuery(include_restricted=False)).total == 0
    assert engine.search(SearchQuery(include_restricted=True)).total == 1
    assert engine.write([document, secret(document)]).stale == 2
    again = msgspec.structs.replace(OPEN_AGAIN, id=document.id)
    assert engine.write([again]).written == 1
    assert copies(admin, prefix, document.id) == [("reports", 7)]
    assert engine.get(document.id, include_restricted=False) == again


def test_two_lanes_within_one_write_leave_the_newest(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str, document: Document
) -> None:
    engine.write([document, secret(document), msgspec.structs.replace(document, version=4)])
    assert copies(admin, prefix, document.id) == [("restricted", 6)]


def test_a_removed_one_is_gone_from_its_lane_and_a_late_decision_does_not_bring_it_back(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str, document: Document
) -> None:
    engine.write([document])
    engine.write([secret(document)])
    assert engine.delete([document.id]) == 1
    assert engine.delete([document.id]) == 0
    late = msgspec.structs.replace(secret(document), version=7)
    assert engine.write([late]).stale == 1
    assert copies(admin, prefix, document.id) == []
    assert engine.write([secret(document, version=1 << 24)]).written == 1


@pytest.mark.parametrize("killed_at", [1, 2, 3, 4, 5])
def test_killed_between_any_two_requests_of_a_move_the_next_write_or_setup_finishes_it(  # noqa: PLR0917 - fixtures
    engine: ElasticEngine, admin: Elasticsearch, prefix: str, document: Document, killed_at: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    engine.write([document])
    sent = 0
    send = engine._bulk.send

    def dying(actions: list[Action]) -> list[Item]:
        nonlocal sent
        sent += 1
        if sent == killed_at:
            raise Killed
        return send(actions)

    monkeypatch.setattr(engine._bulk, "send", dying)
    with pytest.raises(Killed):
        engine.write([secret(document)])
    monkeypatch.undo()
    assert engine.get(document.id, include_restricted=True) is not None  # nothing is ever lost
    engine.setup()
    if killed_at > 3:  # it has arrived: its copy goes without anybody writing again
        assert copies(admin, prefix, document.id) == [("restricted", 6)]
    outcome = engine.write([secret(document)])
    assert outcome.written + outcome.stale == 1
    assert copies(admin, prefix, document.id) == [("restricted", 6)]


def test_killed_between_the_requests_of_a_removal_the_next_one_or_setup_finishes_it(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.write([document])

    def dying(*_args: object, **_options: object) -> None:
        raise Killed

    monkeypatch.setattr(engine._writer, "_clear_out", dying)
    with pytest.raises(Killed):
        engine.delete([document.id])
    monkeypatch.undo()
    assert engine.get(document.id, include_restricted=True) is None
    engine.setup()
    assert copies(admin, prefix, document.id) == []


def test_who_comes_late_with_an_older_reading_leaves_no_copy_in_the_open(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = engine._bulk.send
    overtaken = False

    def overtaking(actions: list[Action]) -> list[Item]:
        nonlocal overtaken
        if not overtaken and actions and actions[0].index.startswith(f"{prefix}-reports-v"):
            overtaken = True  # the entry is made, the document is on its way: now somebody else is faster
            assert engine.write([secret(document)]).written == 1
        return send(actions)

    monkeypatch.setattr(engine._bulk, "send", overtaking)
    assert engine.write([document]).stale == 1
    assert overtaken
    assert copies(admin, prefix, document.id) == [("restricted", 6)]


def test_a_word_weighs_the_same_in_both_lanes(engine: ElasticEngine) -> None:
    common = [make_document(f"x:o{number}", "jalan berlubang") for number in range(20)]
    engine.write([*common, make_document("x:s1", "jalan berlubang", restricted=True)])
    engine.refresh()
    page = engine.search(
        SearchQuery(include_restricted=True, sort="relevance", limit=30, expression=parse_query("berlubang"))
    )
    assert page.total == 21
    assert sorted(hit.id for hit in page.hits) == [hit.id for hit in page.hits]  # equal scores, so by id
