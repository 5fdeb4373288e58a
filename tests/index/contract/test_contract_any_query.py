"""Whatever is typed: an answer or a named error, from every engine, in every order."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.engine import FACETS, Engine, SearchQuery
from index.parse_query import parse_query
from index.search import find_suggestion, search_leniently
from sidak.errors import UsageError
from tests.support.documents import make_document
from tests.support.queries import typed_queries

DOCUMENTS = [
    make_document("x:1", "Jalan rusak dan banjir", urgency=0.7, area_code="33.25"),
    make_document("x:2", "jalannya gelap", category=None, kind=None, is_report=None),
    make_document("x:3", "pungli di kantor", restricted=True, kind="misconduct", category="pungli"),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=typed_queries, sort=st.sampled_from(["urgent", "newest", "relevance"]))
@example(text="(" * 10 + "jalan" + ")" * 10, sort="relevance")
@example(text=" ATAU ".join(f'"jalan rusak{n}"~50' for n in range(19)), sort="relevance")
@example(text=" ".join(f"-tempat:33.{n:02}" for n in range(1, 20)), sort="urgent")
def test_any_query_gets_an_answer_or_a_named_error(stocked: Callable[..., Engine], text: str, sort: str) -> None:
    engine = stocked(DOCUMENTS)
    try:
        expression = parse_query(text)
    except UsageError as exc:
        assert str(exc).startswith("Kueri")  # noqa: PT017 - any message will do, as long as it is ours
        return
    query = SearchQuery(include_restricted=False, expression=expression, sort=sort, facets=FACETS)
    found = search_leniently(engine.search, query)
    assert "x:3" not in {hit.id for hit in found.page.hits}
    find_suggestion(
        text, engine.search, lambda word: engine.similar_terms(word, include_restricted=False), query=query, exact=0
    )
