"""Searching: what is found, counted and paged, and what a senseless address is told."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.console import House
from tests.support.queries import typed_queries


@pytest.fixture
def house(read_only_house: House) -> House:
    """Nothing here changes anything."""
    return read_only_house


def _ids(page: str) -> list[str]:
    return re.findall(r'<h2><a href="/laporan/([^"]+)"', page)


def _link(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


def test_a_hit_says_what_where_when_and_how_urgent(house: House):
    page = house.signed_in("ratna").get("/?q=jembatan+timbang").text
    assert _ids(page) == ["x:1", "x:4"]
    for words in (
        "Dugaan pungli",
        "Kec. Subah, Kab. Batang",
        "24 Nov 2026 09.00 WIB",
        "Sangat mendesak",
        "Diterima",
        "per 24 Nov 2026 12.00 WIB",
        "2 laporan",
        'href="https://example.org/x:1" rel="noreferrer noopener external"',
    ):
        assert words in page


def test_searched_words_and_evidence_are_marked_apart(house: House):
    page = house.signed_in("ratna").get("/?q=timbang").text
    assert '<mark class="match"><span class="vh">kata dicari: </span>timbang</mark>' in page
    assert '<mark class="evidence why-category"><span class="vh">bukti kategori: </span>dimintai 20rb</mark>' in page


@pytest.mark.parametrize("sort", ["urgent", "newest", "relevance"])
def test_paging_forth_and_back_shows_every_report_once(house: House, sort: str):
    browser = house.signed_in("ratna")
    pages, address = [], f"/?sort={sort}"
    while address:
        page = browser.get(address).text
        pages.append(_ids(page))
        address = _link(page, "next")
    assert [len(ids) for ids in pages] == [20, 20, 5]
    assert len({id for ids in pages for id in ids}) == 45
    assert "41–45" in page
    assert _ids(browser.get(_link(page, "prev")).text) == pages[1]
    first = browser.get(_link(browser.get(_link(page, "prev")).text, "prev")).text
    assert _ids(first) == pages[0]
    assert _link(first, "prev") is None


def test_a_filter_narrows_and_its_chip_widens_again(house: House):
    browser = house.signed_in("ratna")
    page = browser.get("/?q=subah&category=pungli&source=x").text
    assert _ids(page) == ["x:1"]
    chips = [html.unescape(each) for each in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert chips == ["/?q=subah&source=x", "/?q=subah&category=pungli"]


def test_a_facet_counts_what_choosing_a_value_would_give(house: House):
    page = house.signed_in("ratna").get("/?source=reddit").text
    row = re.search(r'name="source" value="files".*?class="count">(\d+)<', page, re.DOTALL)
    assert row is not None
    assert row[1] == "41"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("area=33.74", ["reddit:3"]),
        ("review=true", ["x:4"]),
        ("incident=x:2", ["x:1", "x:2"]),
        ("lane=addressed", ["x:1"]),
        ("since=2026-11-22&until=2026-11-22&source=reddit", ["reddit:3"]),
        ("since=2026-11-23&source=reddit", []),
        ("q=sopir -karcis", []),
    ],
)
def test_filters(house: House, query: str, ids: list[str]):
    assert _ids(house.signed_in("ratna").get(f"/?{query}").text) == ids


def test_the_last_day_of_a_period_counts_whole_in_wib(house: House):
    page = house.signed_in("ratna").get("/?q=sopir&since=2026-11-24&until=2026-11-24").text
    assert _ids(page) == ["x:1"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("apa=1", "Parameter “apa” tidak dikenal"),
        ("kind=penting", "tidak dikenal"),
        ("category=%3Cscript%3E", "tidak dikenal"),
        ("area=Batang", "tidak berlaku"),
        ("source=../etc", "tidak berlaku"),
        ("state=hilang", "tidak dikenal"),
        ("review=mungkin", "tidak dikenal"),
        ("sort=acak", "tidak dikenal"),
        ("since=kemarin", "tidak berlaku"),
        ("until=0001-01-01", "tidak berlaku"),
        ("since=9999-12-31", "tidak berlaku"),
        ("since=2026-11-24&until=2026-11-01", "harus sebelum"),
        ("page=-1", "bukan angka"),
        ("page=%D9%A3", "bukan angka"),
        ("cursor=abc", "halaman pertama"),
        ("cursor=%00%FF", "halaman pertama"),
        ("q=a&q=b", "satu kali"),
        ("q=" + "a" * 600, "terlalu panjang"),
        ("&".join(f"area=33.{n:02}" for n in range(60)), "terlalu banyak"),
        ("q=%22jembatan", "karakter ke-1"),
        ("q=jalan+(", "karakter ke-"),
    ],
)
def test_a_senseless_address_gets_a_clear_message(house: House, query: str, words: str):
    answer = house.signed_in("ratna").get(f"/?{query}")
    assert answer.status_code == 400
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_a_wrong_query_stays_in_the_box(house: House):
    page = house.signed_in("ratna").get("/?q=%22jembatan").text
    assert 'value="&#34;jembatan"' in page
    assert 'role="alert"' in page


def test_a_page_of_another_search_is_refused(house: House):
    browser = house.signed_in("ratna")
    address = _link(browser.get("/?sort=newest").text, "next")
    answer = browser.get(address.replace("sort=newest", "sort=urgent"))
    assert answer.status_code == 400


def test_a_wrong_query_is_pointed_at(house: House):
    page = html.unescape(house.signed_in("ratna").get("/?q=jalan+kategori:banjri").text)
    assert "karakter ke-16" in page
    assert "  jalan kategori:banjri\n" + " " * 17 + "^" in page


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("kategori:pungli", ["x:1"]),
        ("tempat:33.74", ["reddit:3"]),
        ("sumber:reddit ATAU tinjau:ya", ["reddit:3", "x:4"]),
        ("urgensi>=0,7 -jenis:pelanggaran", ["x:2"]),
        ('"petugas timbang"~8', ["x:1"]),
        ("sejak:2026-11-24 sumber:x karcis", ["x:1"]),
    ],
)
def test_the_query_language_has_fields_places_and_proximity(house: House, query: str, ids: list[str]):
    assert _ids(house.signed_in("ratna").get("/", params={"q": query}).text) == ids


def test_a_better_spelling_is_offered_and_leads_somewhere(house: House):
    browser = house.signed_in("ratna")
    page = browser.get("/?q=lanpu+jalan").text
    found = re.search(r'Mungkin maksud Anda: <a href="([^"]+)"><b><bdi dir="auto">lampu jalan<', page)
    assert found
    assert _ids(browser.get(html.unescape(found[1])).text) == ["reddit:3"]
    assert "Mungkin maksud" not in browser.get("/?q=lampu+jalan").text


def test_similar_reports_are_one_link_away(house: House):
    browser = house.signed_in("ratna")
    assert 'href="/?like=x%3A2"' in browser.get("/laporan/x:2").text
    page = browser.get("/?like=files:003").text
    assert "files:003" not in _ids(page)
    assert _ids(page)[0].startswith("files:")
    assert "Serupa dengan files:003" in page
    assert "Mengapa di urutan ini" in page
    assert browser.get("/?like=x:99").status_code == 404


def test_where_few_have_all_words_the_page_says_so_and_offers_the_strict_search(house: House):
    browser = house.signed_in("ratna")
    page = browser.get("/?q=lampu+berlubang+semarang&sort=relevance").text
    assert "Tidak ada laporan yang memuat semua kata" in page
    assert _ids(page) == ["reddit:3"]
    strict = re.search(r'<a href="([^"]+)">Hanya yang memuat semua kata', page)
    assert strict
    assert "Tidak ada laporan yang cocok" in browser.get(html.unescape(strict[1])).text


def test_a_rank_is_explained(house: House):
    page = house.signed_in("ratna").get("/?q=lampu+mati&sort=relevance").text
    assert 'Kata yang dicari (<bdi dir="auto">lampu, mati</bdi>)' in page
    assert "Mengapa di urutan ini" not in house.signed_in("ratna").get("/?q=lampu+mati").text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=typed_queries, sort=st.sampled_from(["urgent", "relevance"]))
def test_any_query_gets_a_page(house: House, text: str, sort: str):
    browser = house.browsers[0] if house.browsers else house.signed_in("anisa")
    address = "/?" + urlencode({"q": text, "sort": sort}, errors="replace")
    assert browser.get(address).status_code in {200, 400}


def test_nothing_found_says_so(house: House):
    page = house.signed_in("ratna").get("/?q=gajahmungkur").text
    assert "Tidak ada laporan yang cocok." in page
