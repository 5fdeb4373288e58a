"""Pages: together they are the hits, each once, whatever is written in between; cursors belong to their query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.elastic_search
import index.sqlite_search
from index.document import Document
from index.engine import Filters, Page, Sort
from sidak.errors import UsageError
from tests.support.documents import NOW, make_document

Find = Callable[..., Page]
Fill = Callable[..., None]

SORTS: tuple[Sort, ...] = ("urgent", "newest", "relevance")
_RUN = count()


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    urgencies=st.lists(st.sampled_from([0.0, 0.1, 0.30000000000000004, 1.0]), min_size=1, max_size=14),
    limits=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    written=st.lists(st.sampled_from([0.0, 0.2, 1.0]), max_size=4),
)
def test_no_hit_that_stayed_is_repeated_or_skipped_while_others_are_written(
    fill: Fill, find: Find, *, sort: Sort, urgencies: list[float], limits: list[int], written: list[float]
) -> None:
    source = f"run{next(_RUN)}"

    def document(name: str, urgency: float, age: int) -> Document:
        text = "banjir " * (1 + age % 3) + name
        at = NOW - timedelta(milliseconds=age % 4)
        return make_document(f"{source}:{name}", text, source=source, urgency=urgency, created_at=at)

    before = [document(f"a{at}", urgency, at) for at, urgency in enumerate(urgencies)]
    fill(*before)
    seen: list[str] = []
    cursor, pages, left = None, 0, list(written)
    while cursor is not None or pages == 0:
        limit = limits[pages % len(limits)]
        page = find("banjir", sort=sort, limit=limit, cursor=cursor, filters=Filters(sources=(source,)))
        assert len(page.hits) <= limit
        again = find("banjir", sort=sort, limit=limit, cursor=cursor, filters=Filters(sources=(source,)))
        assert [hit.id for hit in again.hits] == [hit.id for hit in page.hits]
        seen += [hit.id for hit in page.hits]
        cursor, pages = page.next_cursor, pages + 1
        if left:
            fill(document(f"b{len(left)}", left.pop(), pages))
    assert len(seen) == len(set(seen))
    assert {document.id for document in before} <= set(seen)


@pytest.mark.parametrize("sort", SORTS)
def test_a_damaged_or_foreign_cursor_is_refused(fill: Fill, find: Find, sort: Sort) -> None:
    fill(*(make_document(f"x:{number}") for number in range(4)))
    cursor = find("jalan", sort=sort, limit=2).next_cursor
    assert cursor is not None
    damaged = cursor[:12] + ("A" if cursor[12] != "A" else "B") + cursor[13:]
    for bad in (damaged, "", "x", "ä", cursor[:-3], cursor + "A" * 9_000, "%00", "====", "\ud800"):
        if bad:
            with pytest.raises(UsageError):
                find("jalan", sort=sort, limit=2, cursor=bad)
    for other in ({"text": "rusak"}, {"filters": Filters(review=False)}, {"sort": SORTS[SORTS.index(sort) - 1]}):
        with pytest.raises(UsageError):
            find(**{"text": "jalan", "sort": sort, "limit": 2, "cursor": cursor} | other)


@pytest.mark.parametrize("sort", SORTS)
def test_nobody_pages_deeper_than_allowed(fill: Fill, find: Find, sort: Sort, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (index.sqlite_search, index.elastic_search):
        monkeypatch.setattr(module, "MAX_DEPTH", 7)
    fill(*(make_document(f"x:{number}") for number in range(12)))
    sizes, cursor = [], None
    for _ in range(10):
        page = find("jalan", sort=sort, limit=3, cursor=cursor)
        assert page.total == 12
        sizes.append(len(page.hits))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sizes == [3, 3, 1]


def test_a_search_without_words_can_be_paged_by_relevance(fill: Fill, find: Find) -> None:
    fill(*(make_document(f"x:{number}", created_at=NOW - timedelta(hours=number)) for number in range(5)))
    first = find(sort="relevance", limit=3)
    second = find(sort="relevance", limit=3, cursor=first.next_cursor)
    assert [hit.id for hit in (*first.hits, *second.hits)] == [f"x:{number}" for number in range(5)]
    assert second.next_cursor is None
