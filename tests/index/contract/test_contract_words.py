"""Spelling, similar reports and the order by relevance: from visible reports alone, and alike on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from index.engine import Engine, Page, SearchQuery
from index.explain import render_rank
from index.parse_query import parse_query
from index.ranking import build_wanted, rank_document
from index.search import find_suggestion, search_leniently
from index.similar import similar_query
from index.suggest import suggest_query
from tests.support.documents import NOW, make_document

Find = Callable[..., Page]
Stocked = Callable[..., Engine]

STREET = [make_document(f"x:{number}", f"Trotoar rusak di gang {number}") for number in range(4)]
TYPING = make_document("x:typo", "trotaor pecah", created_at=NOW - timedelta(days=1))
SECRET = [
    make_document(f"x:secret{number}", "Kepala bagian menggelembungkan kuitansi", restricted=True, kind="misconduct",
                  category="markup")
    for number in range(5)
]  # fmt: skip


def suggest(engine: Engine, text: str, *, include_restricted: bool = False) -> str | None:
    return suggest_query(text, lambda word: engine.similar_terms(word, include_restricted=include_restricted))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("trotoer", "trotoar"),
        ("rusak trotoer -gang", "rusak trotoar -gang"),
        ('"trotoer rusak"', '"trotoar rusak"'),
        ("kategori:banjir trotoer", "kategori:banjir trotoar"),
        ("trotoar", None),
        ("trot*", None),
        ("xyzzyxyzzy", None),
        ("???", None),
        ('"trotoer', None),
        ("", None),
        ("東京東京東京 \ud800", None),
    ],
)
def test_a_misspelt_word_is_put_right_by_the_words_of_the_index(stocked: Stocked, text: str, meant: str | None) -> None:
    assert suggest(stocked([*STREET, TYPING, *SECRET]), text) == meant


def test_no_suggestion_comes_from_restricted_reports(stocked: Stocked) -> None:
    engine = stocked([*STREET, TYPING, *SECRET])
    assert engine.similar_terms("kuitensi", include_restricted=False) == ()
    assert suggest(engine, "kuitensi") is None
    assert suggest(engine, "kuitensi", include_restricted=True) == "kuitansi"


def test_words_spelt_alike_are_counted_by_what_one_may_see(stocked: Stocked) -> None:
    hidden = [msgspec.structs.replace(each, id=f"{each.id}h", restricted=True) for each in STREET]
    engine = stocked([*STREET, *hidden])
    for include_restricted, count in ((False, 4), (True, 8)):
        found = engine.similar_terms("trotoer", include_restricted=include_restricted)
        assert [(each.term, each.count) for each in found] == [("trotoar", count)]
    for odd in ("", "ab", "a" * 200, 'a"b', "\ud800\ud800\ud800\ud800", "12345"):
        assert engine.similar_terms(odd, include_restricted=True) == ()


LAMPS = make_document(
    "x:lamps", "Lampu penerangan di jalan Merpati padam sejak kemarin", category="lampu_jalan", area_code="33.25.09"
)
OTHERS = [
    make_document("x:same", "Penerangan Merpati padam lagi, gelap", category="lampu_jalan", area_code="33.25.09",
                  category_probability=0.9),
    make_document("x:elsewhere", "Lampu penerangan padam", category="lampu_jalan", area_code="35.78",
                  category_probability=0.9),
    make_document("x:flood", "Banjir setinggi lutut di pasar", category="banjir"),
    make_document("x:hidden", "Lampu penerangan Merpati padam, anggarannya dikorupsi", category="korupsi_penggelapan",
                  restricted=True),
]  # fmt: skip


def test_similar_reports_share_words_category_and_place_and_none_is_the_report_itself(stocked: Stocked) -> None:
    engine = stocked([LAMPS, *OTHERS])
    query = similar_query(LAMPS, include_restricted=False)
    assert query is not None
    page = engine.search(query)
    assert [hit.id for hit in page.hits] == ["x:same", "x:elsewhere"]
    assert page.total == 2
    inside = similar_query(LAMPS, include_restricted=True)
    assert inside is not None
    assert {hit.id for hit in engine.search(inside).hits} == {"x:same", "x:elsewhere", "x:hidden"}


def test_a_report_without_words_has_no_similar_ones() -> None:
    assert similar_query(make_document(text="??? 12 di"), include_restricted=True) is None


RANKED = [
    make_document("x:both", "Jembatan rusak", category="jembatan_rusak", category_probability=0.9),
    make_document("x:old", "Jembatan rusak", category="jembatan_rusak", category_probability=0.9,
                  created_at=NOW - timedelta(days=300)),
    make_document("x:apart", "Rusak berat sejak tahun lalu, padahal jalur ke jembatan itu ramai", urgency=0.9),
    make_document("x:urgent", "Jembatan rusak", category="jembatan_rusak", category_probability=0.9, urgency=0.8),
]  # fmt: skip


def test_the_order_by_relevance_weighs_words_topic_urgency_and_age(stocked: Stocked, find: Find) -> None:
    engine = stocked(RANKED)
    page = find("jembatan rusak", sort="relevance", among=engine)
    assert [hit.id for hit in page.hits] == ["x:urgent", "x:both", "x:old", "x:apart"]
    query = SearchQuery(include_restricted=False, expression=parse_query("jembatan rusak"), sort="relevance")
    wanted = build_wanted(query, at=page.as_of)
    assert wanted is not None
    ranks = [rank_document(hit, wanted) for hit in page.hits]
    assert [rank.points for rank in ranks] == sorted((rank.points for rank in ranks), reverse=True)
    assert sum(part.points for part in ranks[0].parts) == pytest.approx(ranks[0].points)
    told = render_rank(ranks[0])
    for words in ("Kata yang dicari", "jembatan, rusak", "Kategori yang sama", "Kemendesakan 3,2/4", "Kebaruan 4,0/4"):
        assert words in told


def test_a_suggestion_must_find_more_for_whoever_asks(stocked: Stocked) -> None:
    engine = stocked([*STREET, TYPING, *SECRET])

    def suggested(text: str) -> str | None:
        query = SearchQuery(include_restricted=False, expression=parse_query(text))
        return find_suggestion(
            text, engine.search, lambda word: engine.similar_terms(word, include_restricted=False),
            query=query, exact=engine.search(query).total,
        )  # fmt: skip

    assert suggested("trotoer rusak") == "trotoar rusak"
    assert suggested("trotoer banjir") is None


def test_where_few_have_all_words_those_with_half_of_them_follow(stocked: Stocked) -> None:
    engine = stocked(RANKED)
    query = SearchQuery(include_restricted=False, expression=parse_query("jembatan rusak ambrol"), sort="relevance")
    found = search_leniently(engine.search, query)
    assert (found.page.total, found.exact, found.relaxed) == (4, 0, True)
    strict = msgspec.structs.replace(query, sort="newest")
    assert search_leniently(engine.search, strict).page.total == 0
    narrowed = msgspec.structs.replace(query, expression=parse_query("jembatan ambrol kategori:banjir"))
    assert search_leniently(engine.search, narrowed).page.total == 0


def test_pages_beyond_the_ranked_window_go_on(stocked: Stocked, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    import index.elastic_search
    import index.sqlite_search

    for module in (index.elastic_search, index.sqlite_search):
        monkeypatch.setattr(module, "WINDOW", 5)
    documents = [make_document(f"x:{number:02}", "jalan " * (1 + number % 4) + "rusak") for number in range(13)]
    engine = stocked(documents)
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = find("jalan", sort="relevance", limit=3, cursor=cursor, among=engine)
        seen += [hit.id for hit in page.hits]
        cursor = page.next_cursor
    assert sorted(seen) == [document.id for document in documents]
