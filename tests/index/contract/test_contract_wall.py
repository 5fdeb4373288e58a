"""Restricted documents: not found, not counted, not drawn, not told by any cursor, unless the caller may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from index.engine import FACETS, Engine, Filters, Page, Split, TrendsQuery
from sidak.errors import UsageError
from tests.support.documents import NOW, make_document

Find = Callable[..., Page]
Fill = Callable[..., None]

OPEN = [make_document(f"x:{number}", area_code="33.25") for number in range(4)]
SECRET = [
    make_document(
        f"x:secret{number}", "Jalan rusak, pungli oleh dinas", restricted=True, kind="misconduct", category="pungli",
        area_code="33.74", urgency=1.0, incident_id="i1", lane="addressed", source="wa", is_report=None, state="telaah",
    )
    for number in range(3)
]  # fmt: skip


@pytest.fixture
def shared(stocked: Callable[..., Engine]) -> Engine:
    """Return an engine that tests only read."""
    return stocked((*OPEN, *SECRET))


@pytest.mark.parametrize(
    "text", ["", "jalan", "pungli", "-jalan", "-pungli", "pungli OR jalan", "-jalan OR dinas", "pung*"]
)
@pytest.mark.parametrize("sort", ["urgent", "newest", "relevance"])
def test_search_and_facets_show_nothing_of_them(shared: Engine, find: Find, text: str, sort: str) -> None:
    page = find(text, sort=sort, facets=FACETS, among=shared)
    told = {value.value for values in page.facets.values() for value in values}
    assert not [hit for hit in page.hits if hit.restricted]
    assert page.total == len(page.hits)
    assert not told & {"misconduct", "pungli", "33.74", "wa", "addressed", "telaah", "true"}


def test_what_they_hold_changes_no_order_and_no_suggestion(stocked: Callable[..., Engine], find: Find) -> None:
    """Words that are rare among open reports stay so, however often restricted ones hold them."""
    visible = [
        make_document(f"x:{number:03}", text, created_at=NOW - timedelta(minutes=number))
        for number, text in enumerate(["jalan rusak"] * 320 + ["lampu padam"] * 310)
    ]
    hidden = [make_document(f"x:hidden{number}", "lampu padam lampi", restricted=True) for number in range(700)]
    alone, beside = stocked(visible), stocked([*visible, *hidden])
    pages = [find("jalan OR lampu", sort="relevance", limit=100, among=engine) for engine in (alone, beside)]
    assert [hit.id for hit in pages[0].hits] == [hit.id for hit in pages[1].hits]
    assert "lampu" in pages[0].hits[0].stems
    assert beside.similar_terms("lampi", include_restricted=False) == alone.similar_terms(
        "lampi", include_restricted=False
    )
    assert {each.term for each in beside.similar_terms("lampi", include_restricted=True)} >= {"lampi", "lampu"}


def test_a_report_that_changes_lanes_is_found_on_the_right_side_only(engine: Engine, fill: Fill, find: Find) -> None:
    for version, restricted in ((1, False), (2, True), (3, False), (4, True)):
        fill(make_document("x:1", f"jalan rusak nomor{version}", version=version, restricted=restricted))
        for text in ("jalan", f"nomor{version}"):
            assert find(text, sort="relevance").total == (not restricted)
            assert find(text, sort="relevance", include_restricted=True).total == 1
        assert find(f"nomor{version - 1}", include_restricted=True).total == 0
    engine.delete(["x:1"])
    engine.refresh()
    assert find("jalan", include_restricted=True).total == 0


def test_no_filter_leads_to_them(shared: Engine, find: Find) -> None:
    for filters in (
        Filters(incident="i1"), Filters(areas=("33.74",)), Filters(sources=("wa",)), Filters(states=("telaah",)),
        Filters(review=True), Filters(kinds=("misconduct",)),
    ):  # fmt: skip
        assert find(filters=filters, among=shared).total == 0


def test_series_and_get_do_not_know_them(shared: Engine) -> None:
    splits = (Split(by="kind"), Split(by="area"))
    open_trends = shared.trends(TrendsQuery(include_restricted=False, splits=splits))
    assert open_trends.total == 4
    assert [(line.value, line.total) for line in open_trends.by["kind"].series] == [("damage", 4)]
    assert sum(each.count for each in open_trends.by["area"].values) == 4
    all_trends = shared.trends(TrendsQuery(include_restricted=True, splits=splits))
    assert all_trends.total == 7
    assert [(line.value, line.total) for line in all_trends.by["kind"].series] == [("damage", 4), ("misconduct", 3)]
    assert sum(each.count for each in all_trends.by["area"].values) == 7
    assert shared.get("x:secret1", include_restricted=False) is None
    assert shared.get("x:secret1", include_restricted=True) == SECRET[1]


@pytest.mark.parametrize("sort", ["urgent", "newest", "relevance"])
def test_a_cursor_of_those_who_may_is_worthless_to_those_who_may_not(shared: Engine, find: Find, sort: str) -> None:
    page = find("jalan", sort=sort, include_restricted=True, limit=2, among=shared)
    with pytest.raises(UsageError):
        find("jalan", sort=sort, limit=2, cursor=page.next_cursor, among=shared)


@pytest.mark.parametrize("sort", ["urgent", "newest", "relevance"])
def test_what_becomes_restricted_or_is_removed_between_two_pages_is_not_shown(
    engine: Engine, find: Find, fill: Fill, sort: str
) -> None:
    fill(*OPEN, *SECRET)
    first = find("jalan", sort=sort, limit=1)
    others = [document for document in OPEN if document.id != first.hits[0].id]
    fill(msgspec.structs.replace(others[0], restricted=True, version=2))
    engine.delete([others[1].id])
    rest = find("jalan", sort=sort, limit=10, cursor=first.next_cursor)
    assert [hit.id for hit in rest.hits] == [others[2].id]
    assert rest.total == 2
    assert rest.next_cursor is None
