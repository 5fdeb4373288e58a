"""Every engine gives all hits in the order of their ids, however many there are: what an export reads."""

from __future__ import annotations

from collections.abc import Callable

from index.document import Document
from index.engine import Engine, Filters, SearchQuery
from index.parse_query import parse_query
from tests.support.documents import make_document

OPEN = SearchQuery(include_restricted=False)


def scan_all(engine: Engine, query: SearchQuery = OPEN, *, limit: int = 3) -> list[str]:
    found: list[str] = []
    while True:
        batch = engine.scan(query, after=found[-1] if found else "", limit=limit)
        found += [document.id for document in batch]
        if len(batch) < limit:
            return found


def test_every_hit_comes_once_in_the_order_of_ids(engine: Engine, fill: Callable[..., None]) -> None:
    ids = ["x:10", "x:9", "x:é", "x:\U0001f600", "x:\uffee", "reddit:a", "x:1", "X:1", "files:2,5"]
    fill(*(make_document(id) for id in ids))
    assert scan_all(engine) == sorted(ids)


def test_words_and_filters_hold(engine: Engine, fill: Callable[..., None]) -> None:
    fill(
        make_document("x:1", "jalan rusak", area_code="33.25.09"),
        make_document("x:2", "jalan rusak"),
        make_document("x:3", "lampu mati", area_code="33.25.09"),
    )
    query = SearchQuery(include_restricted=False, expression=parse_query("jalan"), filters=Filters(areas=("33.25",)))
    assert scan_all(engine, query) == ["x:1"]


def test_restricted_documents_come_only_where_they_may(engine: Engine, fill: Callable[..., None]) -> None:
    fill(make_document("x:1", restricted=True), make_document("x:2"))
    assert scan_all(engine) == ["x:2"]
    assert scan_all(engine, SearchQuery(include_restricted=True)) == ["x:1", "x:2"]


def test_a_scan_goes_on_after_an_id_that_is_gone(engine: Engine, fill: Callable[..., None]) -> None:
    fill(*(make_document(f"x:{number}") for number in range(6)))
    assert [each.id for each in engine.scan(OPEN, after="", limit=3)] == ["x:0", "x:1", "x:2"]
    engine.delete(["x:2"])
    assert [each.id for each in engine.scan(OPEN, after="x:2", limit=3)] == ["x:3", "x:4", "x:5"]


def test_documents_come_whole(engine: Engine, fill: Callable[..., None]) -> None:
    document: Document = make_document("x:1", offices=("Dinas PU",), amounts=(20_000,), state="telaah")
    fill(document)
    assert engine.scan(OPEN, after="", limit=3) == (document,)
