"""Whatever was written, changed and removed in between: figures are those of the documents that are there now."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest

from index.document import Document
from index.engine import Engine, Filters, SearchQuery, Split, TrendsQuery
from nlp.areas import ancestors
from tests.support.documents import NOW, make_document

_AREAS = (None, "33", "33.25", "33.25.09", "33.26", "34.04.01", "35.78")
_KINDS = ((None, None), ("damage", "jalan_rusak"), ("damage", "banjir"), ("misconduct", "pungli"), ("service", None))
_SPLITS = (Split(by="kind", top=3), Split(by="category", top=2), Split(by="area", top=2))


def _invent(number: int, chance: random.Random, *, version: int = 1) -> Document:
    kind, category = chance.choice(_KINDS)
    return make_document(
        f"x:{number}",
        version=version,
        kind=kind,
        category=category,
        restricted=kind == "misconduct",
        area_code=chance.choice(_AREAS),
        created_at=NOW - timedelta(minutes=chance.randrange(60 * 24 * 20)),
        state=chance.choice(("diterima", "selesai")),
    )


def _stir(engine: Engine, chance: random.Random) -> dict[str, Document]:
    """Write, change and remove documents in turns; return those that are left."""
    there: dict[str, Document] = {}
    for turn in range(1, 6):
        changed = [_invent(chance.randrange(60), chance, version=10 * turn) for _ in range(40)]
        changed = list({document.id: document for document in changed}.values())
        assert engine.write(changed).rejected == ()
        there |= {document.id: document for document in changed}
        gone = chance.sample(sorted(there), 4)
        engine.delete(gone)
        for id in gone:
            del there[id]
    stale = [msgspec.structs.replace(each, version=0, category="sampah") for each in list(there.values())[:5]]
    assert engine.write(stale).stale == 5
    engine.refresh()
    return there


def _inside(document: Document, areas: Iterable[str]) -> bool:
    path = ancestors(document.area_code) if document.area_code else ()
    return any(code in path for code in areas)


def _expected(documents: Iterable[Document], filters: Filters, *, include_restricted: bool) -> list[Document]:
    return [
        each
        for each in documents
        if (include_restricted or not each.restricted)
        and (not filters.kinds or each.kind in filters.kinds)
        and (not filters.areas or _inside(each, filters.areas))
        and (filters.since is None or each.created_at >= filters.since)
        and (filters.until is None or each.created_at < filters.until)
        and (not filters.states or each.state in filters.states)
    ]


def _area(document: Document, depth: int) -> str | None:
    code = document.area_code
    return ".".join(code.split(".")[:depth]) if code and code.count(".") >= depth - 1 else None


FILTERS = (
    Filters(),
    Filters(kinds=("damage", "misconduct")),
    Filters(areas=("33", "33")),
    Filters(areas=("33.25", "34")),
    Filters(areas=("33.25.09", "35")),
    Filters(states=("selesai",)),
    Filters(since=NOW - timedelta(days=9, hours=3), until=NOW - timedelta(days=1)),
    Filters(since=NOW - timedelta(days=12), areas=("33",), kinds=("damage",)),
    Filters(since=NOW - timedelta(hours=9), until=NOW - timedelta(hours=8)),
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_are_those_of_what_is_there(engine: Engine, seed: int) -> None:
    there = _stir(engine, random.Random(seed))
    for filters in FILTERS:
        for include_restricted in (False, True):
            expected = _expected(there.values(), filters, include_restricted=include_restricted)
            for level, depth in (("provinsi", 1), ("kabkota", 2), ("kecamatan", 3)):
                areas = Counter(area for each in expected if (area := _area(each, depth)))
                page = engine.search(
                    SearchQuery(
                        include_restricted=include_restricted, filters=filters, facets=("area",), area_facet_level=level
                    )
                )
                assert page.total == len(expected)
                assert {each.value: each.count for each in page.facets["area"]} == areas
                trends = engine.trends(
                    TrendsQuery(
                        include_restricted=include_restricted, filters=filters, splits=_SPLITS, area_level=level
                    )
                )
                assert trends.total == len(expected)
                assert {each.value: each.count for each in trends.by["area"].values} == areas
                for by, field in (("kind", "kind"), ("category", "category")):
                    values = Counter(value for each in expected if (value := getattr(each, field)))
                    assert {each.value: each.count for each in trends.by[by].values} == values
                days = Counter(
                    (each.created_at + timedelta(hours=7)).date().isoformat()
                    for each in expected
                    if each.kind == "damage"
                )
                lines = {line.value: line.points for line in trends.by["kind"].series}
                drawn = {point.start: point.count for point in lines.get("damage", ()) if point.count}
                assert drawn == days
