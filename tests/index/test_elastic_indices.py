"""Names, aliases and mapping on the real server: made once, swapped whole, checked at every setup."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest
from elasticsearch import Elasticsearch, NotFoundError

from index.elastic import ElasticEngine, open_elastic
from index.elastic_indices import Growth
from index.engine import Split, TrendsQuery
from sidak.errors import RetryError, StopError
from sidak.settings import ElasticsearchSettings
from tests.support.documents import NOW, make_document
from tests.support.elasticsearch import remove_deployment

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
def admin(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


@pytest.fixture
def prefix(admin: Elasticsearch) -> Iterator[str]:
    name = f"sidak-indices-{uuid4().hex[:12]}"
    yield name
    remove_deployment(admin, name)


@pytest.fixture
def engine(elasticsearch_url: str, prefix: str) -> Iterator[ElasticEngine]:
    engine = open_elastic(ElasticsearchSettings(url=elasticsearch_url, prefix=prefix), clock=lambda: NOW)
    yield engine
    engine.close()


def _aliases(admin: Elasticsearch, prefix: str) -> dict[str, list[str]]:
    return {name: sorted(entry["aliases"]) for name, entry in admin.indices.get_alias(index=f"{prefix}-*").body.items()}


def test_before_setup_nothing_is_made_by_accident(engine: ElasticEngine, admin: Elasticsearch, prefix: str) -> None:
    for ask in (engine.count, engine.refresh, lambda: engine.write([make_document()]), lambda: engine.delete(["x:1"])):
        with pytest.raises(StopError, match="does not exist yet"):
            ask()
    with pytest.raises(StopError, match="does not exist yet"):
        engine.mark_published("reports/1")
    assert _aliases(admin, prefix) == {}


def _generation(prefix: str, number: int, *, parts: int = 1) -> dict[str, list[str]]:
    """Return the indices and aliases of a generation of which the open reports have so many parts."""
    stem = f"v3-{number:06}"
    open_parts = {f"{prefix}-reports-{stem}-{part:06}": [f"{prefix}-reports"] for part in range(1, parts + 1)}
    open_parts[f"{prefix}-reports-{stem}-{parts:06}"].append(f"{prefix}-reports-write")
    return open_parts | {
        f"{prefix}-restricted-{stem}-000001": [f"{prefix}-restricted", f"{prefix}-restricted-write"],
        f"{prefix}-homes-{stem}": [f"{prefix}-homes"],
    }


def test_aliases_stand_before_versioned_names_and_clear_moves_them(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    engine.write([make_document()])
    engine.mark_published("reports/1")
    assert _aliases(admin, prefix) == _generation(prefix, 1)
    engine.clear()
    assert _aliases(admin, prefix) == _generation(prefix, 2)
    assert (engine.count(), engine.published_segments()) == (0, frozenset())


def test_a_write_to_a_name_that_is_gone_makes_no_index(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    with pytest.raises(NotFoundError, match="index_not_found"):
        admin.index(index=f"{prefix}-reports-v3-000009-000001", document={"id": "x:1"})
    assert _aliases(admin, prefix) == _generation(prefix, 1)


def test_trends_of_an_index_that_waits_for_its_rebuild_are_right(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    engine.write([make_document("x:1"), make_document("x:2", kind="service", category=None)])
    old = {"id": "x:0", "restricted": False, "kind": "damage", "created_at": "2026-11-19T05:00:00Z"}
    admin.index(index=f"{prefix}-reports-write", id="x:0", document=old, refresh=True)  # as it was before topics
    found = engine.trends(TrendsQuery(include_restricted=True, splits=(Split(by="kind"),)))
    assert found.total == 3
    lines = {line.value: [(each.start, each.count) for each in line.points] for line in found.by["kind"].series}
    assert lines["damage"] == [("2026-11-19", 1), ("2026-11-20", 1)]


def test_a_full_part_is_followed_by_another_and_every_id_keeps_its_own(
    elasticsearch_url: str, admin: Elasticsearch, prefix: str
) -> None:
    settings = ElasticsearchSettings(url=elasticsearch_url, prefix=prefix)
    engine = open_elastic(settings, clock=lambda: NOW, growth=Growth(documents=3))
    engine.setup()
    engine.write([make_document(f"x:{number}") for number in range(3)])
    engine.refresh()
    engine.setup()
    assert _aliases(admin, prefix) == _generation(prefix, 1, parts=2)
    moved_in_time = make_document("x:1", version=2, created_at=datetime(2019, 1, 1, tzinfo=UTC))
    outcome = engine.write([moved_in_time, make_document("x:2", version=1), make_document("x:new")])
    assert (outcome.written, outcome.stale) == (2, 1)
    engine.refresh()
    assert engine.count() == 4
    assert list(engine.ids()) == ["x:0", "x:1", "x:2", "x:new"]
    held = {
        hit["_id"]: hit["_index"].rpartition("-")[2]
        for hit in admin.search(index=f"{prefix}-reports", size=10).body["hits"]["hits"]
    }
    assert held == {"x:0": "000001", "x:1": "000001", "x:2": "000001", "x:new": "000002"}
    assert engine.get("x:1", include_restricted=False) == moved_in_time
    assert engine.delete(["x:1", "x:new"]) == 2
    assert list(engine.ids()) == ["x:0", "x:2"]
    engine.close()


def test_an_index_of_another_version_stops_until_it_is_rebuilt(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    admin.indices.put_mapping(index=f"{prefix}-reports", meta={"sidak_mapping": 99})
    with pytest.raises(StopError, match="sidak reindex"):
        engine.setup()
    engine.clear()
    engine.setup()
    assert engine.write([make_document()]).written == 1


def test_many_processes_may_set_up_at_once(elasticsearch_url: str, prefix: str, admin: Elasticsearch) -> None:
    def work(_worker: int) -> None:
        engine = open_elastic(ElasticsearchSettings(url=elasticsearch_url, prefix=prefix), clock=lambda: NOW)
        engine.setup()
        engine.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert _aliases(admin, prefix) == _generation(prefix, 1)


def test_a_disk_that_is_full_stops_the_write_with_what_to_do(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    engine.write([make_document()])
    engine.refresh()
    admin.indices.put_settings(index=f"{prefix}-reports", settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(StopError, match="free space"):
        engine.write([make_document(version=2)])
    assert engine.count() == 1
    admin.indices.put_settings(index=f"{prefix}-reports", settings={"index.blocks.read_only_allow_delete": None})
    assert engine.write([make_document(version=2)]).written == 1


def test_a_field_that_the_mapping_does_not_know_is_refused_not_guessed(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    body = msgspec.to_builtins(make_document()) | {"surprise": 1}
    with pytest.raises(Exception, match="strict_dynamic_mapping_exception"):
        admin.index(index=f"{prefix}-reports-write", document=body)


def test_a_closed_index_is_a_matter_of_waiting_or_a_person_never_of_silence(
    engine: ElasticEngine, admin: Elasticsearch, prefix: str
) -> None:
    engine.setup()
    admin.indices.close(index=f"{prefix}-reports-v3-000001-000001")
    with pytest.raises((StopError, RetryError)):
        engine.write([make_document()])
    with pytest.raises((StopError, RetryError)):
        engine.count()
