"""The engines under contract: every test in this folder runs on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from index.document import Document
from index.engine import Engine, Page, SearchQuery
from index.open_engine import open_engine
from index.parse_query import parse_query
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.documents import NOW
from tests.support.elasticsearch import remove_deployment

_PREFIX = f"sidak-test-{uuid4().hex[:12]}"

OpenEngine = Callable[[], Engine]


@pytest.fixture(scope="session", params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def new_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenEngine]:
    """Yield a function that opens an empty engine."""
    url = request.getfixturevalue("elasticsearch_url") if request.param == "elasticsearch" else None
    opened: list[Engine] = []

    def open_new() -> Engine:
        settings = Settings(home=tmp_path_factory.mktemp("home"))
        if url is not None:
            server = ElasticsearchSettings(url=url, prefix=f"{_PREFIX}-{len(opened)}")
            settings = Settings(home=settings.home, index="elasticsearch", elasticsearch=server)
        engine = open_engine(settings, clock=lambda: NOW)
        engine.setup()
        opened.append(engine)
        return engine

    yield open_new
    for engine in opened:
        engine.close()
    if url is not None:
        with Elasticsearch(url) as admin:
            remove_deployment(admin, _PREFIX)


@pytest.fixture
def engine(new_engine: OpenEngine) -> Engine:
    """Return an empty engine."""
    return new_engine()


@pytest.fixture(scope="session")
def stocked(new_engine: OpenEngine) -> Callable[..., Engine]:
    """Return a function that gives an engine holding these documents; tests that share it only read."""
    engines: dict[tuple[Document, ...], Engine] = {}

    def stock(documents: Iterable[Document]) -> Engine:
        key = tuple(documents)
        if key not in engines:
            engines[key] = new_engine()
            assert engines[key].write(key).written == len(key)
            engines[key].refresh()
        return engines[key]

    return stock


@pytest.fixture
def fill(engine: Engine) -> Callable[..., None]:
    """Return a function that stores documents and makes them visible; all of them must be taken."""

    def fill_engine(*documents: Document) -> None:
        outcome = engine.write(documents)
        assert (outcome.written, outcome.rejected) == (len(documents), ())
        engine.refresh()

    return fill_engine


@pytest.fixture
def find(request: pytest.FixtureRequest) -> Callable[..., Page]:
    """Return a function that searches as people do, by what they typed; in the test's own engine unless one is given."""

    def find_in(
        text: str = "", *, include_restricted: bool = False, among: Engine | None = None, **options: object
    ) -> Page:
        engine = among or request.getfixturevalue("engine")
        query = SearchQuery(include_restricted=include_restricted, expression=parse_query(text), **options)
        page: Page = engine.search(query)
        return page

    return find_in
