"""A rebuild beside the present index: no search fails or finds less, and the exchange is whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from index.decisions import Ledger
from index.document import Document
from index.elastic import ElasticEngine
from index.engine import FACETS, Engine, SearchQuery
from index.open_engine import open_engine
from index.parse_query import parse_query
from index.sqlite import SqliteEngine
from index.triage import change_state, replay_decisions
from sidak.errors import UsageError
from sidak.ids import document_version
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.documents import NOW, make_document

OLD = tuple(make_document(f"x:{number:03}", urgency=number / 100) for number in range(30))
NEW = (*OLD, make_document("x:new", "Jembatan ambrol", restricted=True))


@pytest.fixture
def other(engine: Engine, elasticsearch_url_if_used: str | None) -> Iterator[Engine]:
    """Yield the same index as another process opens it."""
    if isinstance(engine, SqliteEngine):
        settings = Settings(home=engine.path.parents[1])
    else:
        assert isinstance(engine, ElasticEngine)
        server = ElasticsearchSettings(url=elasticsearch_url_if_used or "", prefix=engine._prefix)
        settings = Settings(index="elasticsearch", elasticsearch=server)
    opened = open_engine(settings, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def elasticsearch_url_if_used(engine: Engine, request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("elasticsearch_url") if isinstance(engine, ElasticEngine) else None


def put(engine: Engine, documents: tuple[Document, ...]) -> None:
    assert engine.write(documents).written == len(documents)
    engine.refresh()


def everything(**options: object) -> SearchQuery:
    return SearchQuery(**{"include_restricted": True, "limit": 100, **options})


def fail_midway(engine: Engine) -> None:
    with engine.rebuilding() as fresh:
        put(fresh, NEW)
        raise ZeroDivisionError


@contextmanager
def searching(engine: Engine, *, least: int) -> Iterator[list[object]]:
    """Search all the time in two threads; what went wrong is in the list."""
    wrong: list[object] = []
    done = threading.Event()
    queries = (everything(facets=FACETS), everything(sort="relevance", expression=parse_query("jalan")))

    def look(query: SearchQuery) -> None:
        while not done.is_set():
            try:
                page = engine.search(query)
                if page.total < least or len(page.hits) < least or engine.count() < least:
                    wrong.append((page.total, len(page.hits)))
            except Exception as exc:  # noqa: BLE001 - any failure of a search is what this test is about
                wrong.append(exc)

    threads = [threading.Thread(target=look, args=(query,)) for query in queries]
    for thread in threads:
        thread.start()
    try:
        yield wrong
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_a_rebuilt_index_takes_over_at_once_with_its_marks(engine: Engine, other: Engine) -> None:
    put(engine, OLD)
    engine.mark_published("reports/x/1")
    assert other.count() == len(OLD)  # opened before the exchange
    with searching(other, least=len(OLD)) as wrong:
        for _ in range(2):
            with engine.rebuilding() as fresh:
                assert (fresh.count(), fresh.published_segments()) == (0, frozenset())
                put(fresh, NEW)
                fresh.mark_published("reports/x/2")
                assert fresh.count() == len(NEW)
                assert engine.published_segments() in ({"reports/x/1"}, {"reports/x/2"})
    assert wrong == []
    for each in (engine, other):
        assert set(each.ids()) == {document.id for document in NEW}
        assert each.published_segments() == {"reports/x/2"}
        assert each.write([msgspec.structs.replace(NEW[0], version=2)]).written in (0, 1)
    engine.refresh()
    assert other.get("x:000", include_restricted=False).version == 2  # type: ignore[union-attr] # it was written


def test_what_fails_midway_leaves_the_present_index_and_nothing_else(engine: Engine, other: Engine) -> None:
    put(engine, OLD)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail_midway(engine)
        assert engine.count() == other.count() == len(OLD)
    with engine.rebuilding() as fresh:
        put(fresh, NEW)
    assert engine.count() == other.count() == len(NEW)


def test_what_a_killed_rebuild_left_is_swept_and_hinders_no_other(engine: Engine, other: Engine) -> None:
    put(engine, OLD)
    abandoned = other.rebuilding()
    put(abandoned.__enter__(), NEW[:3])  # never left, as if the process had been killed
    with engine.rebuilding() as fresh:
        put(fresh, NEW)
    engine.sweep()
    assert set(engine.ids()) == {document.id for document in NEW}


def test_a_decision_of_meanwhile_is_in_the_new_index(engine: Engine, other: Engine, tmp_path: object) -> None:
    version = document_version(ordinal=1, revision=0, decisions=0)
    documents = tuple(msgspec.structs.replace(document, version=version) for document in OLD)
    put(engine, documents)
    with Ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        with engine.rebuilding() as fresh:
            put(fresh, documents)
            change_state(
                ledger, other, "x:001", to_state="verifikasi", expected_state="diterima", actor="ratna", note="",
                at=NOW, include_restricted=False,
            )  # fmt: skip
        assert replay_decisions(ledger, engine) == 1
        found = other.get("x:001", include_restricted=False)
        assert found is not None
        assert found.state == "verifikasi"


@pytest.mark.parametrize("sort", ["urgent", "newest", "relevance"])
def test_the_next_page_after_an_exchange_is_right_or_says_to_search_again(engine: Engine, sort: str) -> None:
    put(engine, OLD)
    query = everything(sort=sort, limit=10, expression=parse_query("jalan"))
    first = engine.search(query)
    with engine.rebuilding() as fresh:
        put(fresh, OLD)
    following = msgspec.structs.replace(query, cursor=first.next_cursor)
    if sort == "relevance":
        with pytest.raises(UsageError, match="kedaluwarsa"):
            engine.search(following)
        return
    second = engine.search(following)
    third = engine.search(msgspec.structs.replace(query, cursor=second.next_cursor))
    assert len({hit.id for page in (first, second, third) for hit in page.hits}) == len(OLD)


def test_a_rebuild_before_any_setup_makes_the_index(engine: Engine) -> None:
    engine.clear()
    with engine.rebuilding() as fresh:
        put(fresh, OLD)
    engine.setup()
    assert engine.count() == len(OLD)
