"""The synthetic reports of the benchmarks: the same for everybody, true to the list of areas, and marked as what they are."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from benchmarks.search_questions import make_questions
from benchmarks.search_results import percentile
from benchmarks.synthetic_reports import DAYS, END, make_documents
from index.admission import admit_document
from index.document import Document
from nlp.areas import is_area
from nlp.taxonomy import categories

TOTAL = 1_000_000


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [each for start in (0, 499_500, 998_500) for each in make_documents(1_500, start=start, total=TOTAL)]


def test_any_stretch_is_the_same_with_and_without_what_comes_before(documents: list[Document]) -> None:
    assert list(make_documents(700, start=500_100, total=TOTAL)) == documents[2_100:2_800]


def test_a_million_come_one_at_a_time() -> None:
    assert len(list(islice(make_documents(TOTAL), 5))) == 5


def test_each_says_that_it_is_synthetic_and_is_fit_to_be_indexed(documents: list[Document]) -> None:
    assert len({each.id for each in documents}) == len(documents)
    for each in documents:
        assert each.source.startswith("synthetic-")
        assert each.model == "synthetic"
        assert each.warnings == ("synthetic",)
        admit_document(each)


def test_codes_categories_and_times_are_true(documents: list[Document]) -> None:
    for each in documents:
        assert each.area_code is None or is_area(each.area_code)
        assert each.category is not None
        assert categories()[each.category].kind == each.kind
        assert each.restricted == (each.kind == "misconduct")
        assert 0 <= (END - each.created_at).days <= DAYS
        assert "{" not in each.text


def test_reports_grow_more_frequent_and_some_weeks_burst(documents: list[Document]) -> None:
    def days(of: list[Document]) -> int:
        return (max(each.created_at for each in of) - min(each.created_at for each in of)).days + 1

    assert days(documents[:1_500]) > days(documents[-1_500:])
    groups = Counter(each.incident_id for each in make_documents(20_000, total=20_000))
    assert max(groups.values()) > 10


def test_each_kind_of_page_is_asked_for() -> None:
    questions = make_questions(60, end=END)
    assert Counter(each.kind for each in questions) == {"search": 60, "map": 30, "trends": 30}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (1.0, 20)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert percentile(range(20, 0, -1), share) == expected
