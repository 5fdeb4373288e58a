"""What every engine finds: words in any spelling, facets and filters over all hits, hostile texts unharmed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from index.engine import FACETS, Engine, Filters, Page, SearchQuery, TrendsQuery
from index.query_language import Field, Near, Not, Or, Term
from sidak.errors import UsageError
from tests.support.documents import NOW, make_document

Find = Callable[..., Page]
Fill = Callable[..., None]
Stocked = Callable[..., Engine]

TEXTS = {
    "x:slang": "Jln rsk parah bgt di desa kami",
    "x:plain": "Jalan rusak parah, pak",
    "x:apart": "Rusak sudah lama, jalan ini",
    "x:lamp": "Lampu jalan mati sejak Senin",
    "x:flood": "Banjir di pasar, air setinggi lutut",
    "x:levy": "Sopir dimintai pungutan liar Rp20.000 di jembatan timbang",
}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("jalan rusak", {"x:slang", "x:plain", "x:apart"}),
        ("jln rsk", {"x:slang", "x:plain", "x:apart"}),
        ("JALAN RUSAK", {"x:slang", "x:plain", "x:apart"}),
        ('"jalan rusak"', {"x:slang", "x:plain"}),
        ('"jln rsk"', {"x:slang", "x:plain"}),
        ("jalan -rusak", {"x:lamp"}),
        ("jalan NOT rusak", {"x:lamp"}),
        ("jalan BUKAN rusak", {"x:lamp"}),
        ("banjir OR lampu", {"x:flood", "x:lamp"}),
        ("banjir ATAU lampu", {"x:flood", "x:lamp"}),
        ("jalan (mati OR parah)", {"x:slang", "x:plain", "x:lamp"}),
        ("-jalan", {"x:flood", "x:levy"}),
        ("-(jalan OR banjir)", {"x:levy"}),
        ("banjir OR -jalan", {"x:flood", "x:levy"}),
        ("NOT NOT banjir", {"x:flood"}),
        ("Rp20.000", {"x:levy"}),
        ("jemb*", {"x:levy"}),
        ("jal* -jala*", set()),
        ("pasar timbang", set()),
        ('"rusak jalan"~2', {"x:slang", "x:plain", "x:apart"}),
        ('"rusak jalan"~0', {"x:slang", "x:plain"}),
        ('"sopir timbang pungutan"~7', {"x:levy"}),
        ('"sopir timbang pungutan"~4', set()),
        ('jalan -"rusak jalan"~0', {"x:apart", "x:lamp"}),
        ("", set(TEXTS)),
    ],
)
def test_words_phrases_and_operators(stocked: Stocked, find: Find, text: str, ids: set[str]) -> None:
    engine = stocked(make_document(id, words) for id, words in TEXTS.items())
    for sort in ("urgent", "newest", "relevance"):
        page = find(text, sort=sort, among=engine)
        assert {hit.id for hit in page.hits} == ids
        assert (page.total, page.as_of) == (len(ids), NOW)


SPELT = {
    "x:possessive": "Jalannya pada rusak, pak",
    "x:slang": "jln rsk parah",
    "x:verb": "sopir dipalak petugas di terminal",
    "x:noun": "ada pemalakan di terminal",
    "x:power": "lampu dipadamkan",
}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("jln rusak", {"x:possessive", "x:slang"}),
        ("kerusakan jalanan", {"x:possessive", "x:slang"}),
        ("pemalakan", {"x:verb", "x:noun"}),
        ("malakin", {"x:verb", "x:noun"}),
        ("pemadaman", {"x:power"}),
        ("yang dipalak di terminal", {"x:verb", "x:noun"}),
    ],
)
def test_forms_and_slang_meet_from_both_sides(stocked: Stocked, find: Find, text: str, ids: set[str]) -> None:
    engine = stocked(make_document(id, words) for id, words in SPELT.items())
    assert {hit.id for hit in find(text, among=engine).hits} == ids


def test_the_orders(fill: Fill, find: Find) -> None:
    fill(
        make_document("x:a", "banjir", urgency=0.5, created_at=NOW - timedelta(days=1)),
        make_document("x:b", "banjir banjir banjir", urgency=0.1, created_at=NOW),
        make_document("x:c", "banjir " + "kata lain " * 40, urgency=0.9, created_at=NOW - timedelta(days=2)),
        make_document("x:d", "banjir", urgency=0.5, created_at=NOW - timedelta(days=1)),
    )
    assert [hit.id for hit in find("banjir").hits] == ["x:c", "x:a", "x:d", "x:b"]
    assert [hit.id for hit in find("banjir", sort="newest").hits] == ["x:b", "x:a", "x:d", "x:c"]
    ranked = [hit.id for hit in find("banjir", sort="relevance").hits]
    assert (ranked[0], ranked[-1]) == ("x:b", "x:c")


def test_facets_count_all_hits_not_the_page(fill: Fill, find: Find) -> None:
    fill(
        make_document("x:1", category="banjir", area_code="33.25.09"),
        make_document("x:2", category="banjir", area_code="33.25", is_report=None),
        make_document("x:3", category="pungli", kind="misconduct", area_code="35.78", lane="addressed"),
        make_document("reddit:4", category=None, kind=None, source="reddit", is_report=None, state="telaah"),
    )
    page = find(limit=1, facets=FACETS)
    counts = {name: [(value.value, value.count) for value in values] for name, values in page.facets.items()}
    assert page.total == 4
    assert counts == {
        "kind": [("damage", 2), ("misconduct", 1)],
        "category": [("banjir", 2), ("pungli", 1)],
        "area": [("33.25", 2), ("35.78", 1)],
        "source": [("x", 3), ("reddit", 1)],
        "lane": [("overheard", 3), ("addressed", 1)],
        "state": [("diterima", 3), ("telaah", 1)],
        "review": [("false", 2), ("true", 2)],
    }
    kecamatan = find(facets=("area",), area_facet_level="kecamatan").facets["area"]
    assert [(value.value, value.count) for value in kecamatan] == [("33.25.09", 1)]


FILTERED = (
    make_document("x:1", category="banjir", area_code="33.25.09", incident_id="i1"),
    make_document("x:2", area_code="33.25", is_report=None, created_at=NOW - timedelta(days=2)),
    make_document(
        "x:3",
        category="pungli",
        kind="misconduct",
        area_code="35.78",
        lane="addressed",
        created_at=NOW - timedelta(days=9),
    ),
    make_document("reddit:4", source="reddit", state="telaah", incident_id="i1"),
)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(areas=("33",)), {"x:1", "x:2"}),
        (Filters(areas=("33.25.09",)), {"x:1"}),
        (Filters(areas=("33.25.09", "35")), {"x:1", "x:3"}),
        (Filters(areas=("3",)), set()),
        (Filters(kinds=("misconduct",)), {"x:3"}),
        (Filters(categories=("banjir", "pungli")), {"x:1", "x:3"}),
        (Filters(sources=("reddit",)), {"reddit:4"}),
        (Filters(lanes=("addressed",)), {"x:3"}),
        (Filters(states=("telaah", "selesai")), {"reddit:4"}),
        (Filters(review=True), {"x:2"}),
        (Filters(review=False, areas=("33",)), {"x:1"}),
        (Filters(since=NOW - timedelta(days=2)), {"x:1", "x:2", "reddit:4"}),
        (Filters(until=NOW - timedelta(days=2)), {"x:3"}),
        (Filters(since=NOW - timedelta(days=2), until=NOW), {"x:2"}),
        (Filters(incident="i1"), {"x:1", "reddit:4"}),
        (Filters(sources=("' OR 1=1 --",)), set()),
    ],
)
def test_filters(stocked: Stocked, find: Find, filters: Filters, ids: set[str]) -> None:
    engine = stocked(FILTERED)
    assert {hit.id for hit in find(filters=filters, among=engine).hits} == ids
    assert {hit.id for hit in find("rusak", filters=filters, sort="relevance", among=engine).hits} == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("kategori:banjir", {"x:1"}),
        ("-kategori:banjir", {"x:2", "x:3", "reddit:4", "x:none"}),
        ("rusak kategori:banjir,pungli", {"x:1", "x:3"}),
        ("kategori:pungli ATAU tempat:33.25.09", {"x:1", "x:3"}),
        ("tempat:batang", {"x:1", "x:2"}),
        ('tempat:"kec. subah"', {"x:1"}),
        ("-tempat:33 -tempat:35", {"reddit:4", "x:none"}),
        ("jenis:pelanggaran", {"x:3"}),
        ("BUKAN jenis:kerusakan", {"x:3", "x:none"}),
        ("sumber:reddit", {"reddit:4"}),
        ("kanal:ditujukan", {"x:3"}),
        ("status:telaah", {"reddit:4"}),
        ("tinjau:ya", {"x:2"}),
        ("tinjau:tidak tempat:33", {"x:1"}),
        ("urgensi>0,5", {"x:none"}),
        ("urgensi:<=50%", {"x:1", "x:2", "x:3", "reddit:4"}),
        ("tanggal:2026-11-20", {"x:1", "reddit:4", "x:none"}),
        ("sejak:2026-11-18", {"x:1", "x:2", "reddit:4", "x:none"}),
        ("sampai:2026-11-18", {"x:2", "x:3"}),
        ("(sejak:2026-11-18 sampai:2026-11-19) ATAU kategori:pungli", {"x:2", "x:3"}),
    ],
)
def test_fields_within_a_query(stocked: Stocked, find: Find, text: str, ids: set[str]) -> None:
    engine = stocked((*FILTERED, make_document("x:none", kind=None, category=None, urgency=0.8)))
    for sort in ("urgent", "relevance"):
        assert {hit.id for hit in find(text, sort=sort, among=engine).hits} == ids


def test_a_query_that_asks_too_much_is_refused(stocked: Stocked, find: Find) -> None:
    deep: object = Term("jalan")
    for _ in range(80):
        deep = Not(deep)
    too_much = (
        {"limit": 0},
        {"limit": 101},
        {"filters": Filters(sources=("x",) * 501)},
        {"expression": Field("area", ("33",) * 501)},
        {"expression": Or((Term("jalan"),) * 201)},
        {"expression": Near(("jalan", "rusak"), 10**9)},
        {"expression": deep},
        {"facets": FACETS * 2},
    )
    engine = stocked([make_document()])
    for options in too_much:
        with pytest.raises(UsageError):
            engine.search(SearchQuery(include_restricted=False, **options))
    with pytest.raises(UsageError):
        engine.trends(TrendsQuery(include_restricted=False, splits=(), expression=deep))


HOSTILE = {
    "x:null": "jalan\x00rusak \x00",
    "x:surrogate": "jalan \ud83d rusak",
    "x:bidi": "\u202ejalan\u202c rusak \u2066x\u2069",
    "x:zero": "ja\u200blan ru\u00adsak",
    "x:script": "<script>alert('jalan rusak')</script> & \"quoted\"",
    "x:fts": "jalan rusak\" OR stems:* NEAR( ^ - + {} [] : ~ \\ / '",
    "x:wide": "ｊａｌａｎ ＲＵＳＡＫ",
    "x:marks": "j̶alan rusak " + "a" + "\u0301" * 500,
    "x:long": "jalan rusak " + "a" * 100_000,
    "x:megabyte": "jalan rusak " + "pungli di mana mana " * 50_000,
}


def test_hostile_texts_are_stored_and_found(engine: Engine, fill: Fill, find: Find) -> None:
    from nlp.words import clean_text

    fill(*(make_document(id, clean_text(text)) for id, text in HOSTILE.items()))
    found = {hit.id: hit.text for hit in find("rusak", limit=100).hits}
    assert found == {id: clean_text(text) for id, text in HOSTILE.items()}
    for id in HOSTILE:
        assert engine.get(id, include_restricted=False) is not None


@pytest.mark.parametrize("text", [text for id, text in HOSTILE.items() if id not in {"x:megabyte", "x:long"}])
def test_hostile_queries_never_break_an_engine(stocked: Stocked, find: Find, text: str) -> None:
    engine = stocked([make_document()])
    for sort in ("urgent", "relevance"):
        with suppress(UsageError):
            assert find(text, sort=sort, among=engine).total in {0, 1}
