"""The same question to both engines has the same answer: hits, order, facets and trends."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.admission import to_millis
from index.engine import FACETS, Engine, Filters, Page, SearchQuery, Split, TrendsQuery
from index.open_engine import open_engine
from index.query_language import And, AtLeast, Field, Near, Not, Or, Phrase, Range, Term
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.documents import NOW, make_document

pytestmark = pytest.mark.elasticsearch

WORDS = ["jalan", "rusak", "lampu", "mati", "banjir", "jembatan", "rusuk", "é", "東京", "20rb", "ß", "İ"]
AREAS = ["33", "33.25", "33.25.09", "33.25.09.2011", "35.78", None]

_terms = st.builds(Term, st.sampled_from([*WORDS, "ss"]))
_leaves = (
    _terms
    | st.builds(Term, st.sampled_from(["ru", "ja", "2", "東"]), prefix=st.just(True))
    | st.builds(Phrase, st.lists(st.sampled_from(WORDS[:4]), min_size=2, max_size=3).map(tuple))
    | st.builds(
        Near,
        st.lists(st.sampled_from(WORDS[:5]), min_size=2, max_size=4, unique=True).map(tuple),
        st.integers(0, 4),
    )
)
_millis = st.none() | st.integers(0, 41).map(lambda hours: to_millis(NOW - timedelta(hours=hours)))
_fields = (
    st.builds(Field, st.just("category"), st.sampled_from([("banjir",), ("banjir", "pungli")]))
    | st.builds(Field, st.just("kind"), st.just(("damage",)))
    | st.builds(Field, st.just("area"), st.lists(st.sampled_from(AREAS[:-1]), min_size=1, max_size=3).map(tuple))
    | st.builds(Field, st.just("review"), st.sampled_from([("true",), ("false",), ("true", "false")]))
    | st.builds(Range, st.just("urgency"), least=st.none() | st.floats(0, 1), below=st.none() | st.floats(0, 1))
    | st.builds(Range, st.just("urgency"), above=st.none() | st.floats(0, 1), most=st.none() | st.just(1 / 3))
    | st.builds(Range, st.just("created_at"), least=_millis, below=_millis)
)
_expressions = st.recursive(
    _leaves | _fields | st.builds(AtLeast, st.integers(1, 3), st.lists(_leaves, min_size=2, max_size=4).map(tuple)),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
_filters = st.builds(
    Filters,
    kinds=st.sampled_from([(), ("damage",), ("damage", "misconduct")]),
    areas=st.sampled_from([(), ("33",), ("33.25.09", "35"), ("33.25.09.2011",)]),
    sources=st.sampled_from([(), ("x",)]),
    review=st.sampled_from([None, True, False]),
    since=st.none() | st.integers(0, 40).map(lambda hours: NOW - timedelta(hours=hours, microseconds=hours)),
    until=st.none() | st.integers(0, 40).map(lambda hours: NOW - timedelta(hours=hours)),
)


@pytest.fixture(scope="module")
def both(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    prefix = f"sidak-same-{uuid4().hex[:12]}"
    home: Path = tmp_path_factory.mktemp("same")
    server = ElasticsearchSettings(url=elasticsearch_url, prefix=prefix)
    engines = (
        open_engine(Settings(home=home), clock=lambda: NOW),
        open_engine(Settings(home=home, index="elasticsearch", elasticsearch=server), clock=lambda: NOW),
    )
    rng = random.Random(20261120)
    documents = [
        make_document(
            f"x:{number}",
            version=number,
            stems=" ".join(rng.choices(WORDS, k=rng.randint(0, 8))),
            kind=rng.choice(["damage", "misconduct", None]),
            category=rng.choice(["banjir", "pungli", None]),
            source=rng.choice(["x", "reddit"]),
            is_report=rng.choice([True, None]),
            restricted=rng.random() < 0.3,
            urgency=rng.choice([0.0, 0.1, 1 / 3, rng.random()]),
            area_code=rng.choice(AREAS),
            created_at=NOW - timedelta(hours=rng.randint(0, 40), microseconds=rng.randint(0, 2_000)),
        )
        for number in range(80)
    ]
    for engine in engines:
        engine.setup()
        assert engine.write(documents).written == len(documents)
        engine.refresh()
    yield engines
    for engine in engines:
        engine.close()
    with Elasticsearch(elasticsearch_url) as admin:
        for name in admin.indices.get(index=f"{prefix}-*").body:
            admin.indices.delete(index=name)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=st.none() | _expressions, filters=_filters, include_restricted=st.booleans(), data=st.data())
def test_both_engines_agree(
    both: tuple[Engine, Engine], expression: object, filters: Filters, include_restricted: bool, data: st.DataObject
) -> None:
    sort = data.draw(st.sampled_from(["urgent", "newest", "relevance"]))
    query = SearchQuery(
        include_restricted=include_restricted, expression=expression, filters=filters, sort=sort, limit=100,
        facets=FACETS, area_facet_level=data.draw(st.sampled_from(["provinsi", "kabkota", "kelurahan"])),
    )  # fmt: skip
    one, other = (_view(engine.search(query)) for engine in both)
    assert one == other
    trends = TrendsQuery(
        include_restricted=include_restricted, expression=expression, filters=filters,
        splits=tuple(Split(by=by, top=2) for by in ("kind", "category", "area", "source")),
        interval=data.draw(st.sampled_from(["day", "week", "month"])),
        timezone=data.draw(st.sampled_from(["Asia/Jakarta", "Asia/Jayapura"])),
    )  # fmt: skip
    first, second = (engine.trends(trends) for engine in both)
    assert first == second


def _view(page: Page) -> tuple[object, ...]:
    """Return what must be alike; the order by relevance is each engine's own."""
    return page.total, {hit.id for hit in page.hits}, page.facets


@pytest.mark.parametrize("sort", ["urgent", "newest"])
def test_both_engines_agree_on_the_order(both: tuple[Engine, Engine], sort: str) -> None:
    query = SearchQuery(include_restricted=True, sort=sort, limit=100)
    one, other = ([hit.id for hit in engine.search(query).hits] for engine in both)
    assert one == other
