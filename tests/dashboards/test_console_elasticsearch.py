"""The console on the other engine: the same pages, numbers and wall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.elastic import open_elastic
from sidak.settings import ElasticsearchSettings
from tests.support.console import NOW, House, build_house, csrf_of, serving
from tests.support.queries import typed_queries

pytestmark = pytest.mark.elasticsearch

ADDRESSES = (
    "/",
    "/?q=jembatan+timbang&sort=relevance",
    "/?q=lampu+berlubang+semarang&sort=relevance",
    "/?q=jalan+rusak+kampung&sort=relevance",
    "/?q=lanpu+jalan",
    "/?like=files:003",
    "/?q=tempat:batang+-kategori:pungli",
    "/?source=reddit",
    "/?review=true&sort=newest",
    "/?incident=x:2",
    "/?area=33.25&since=2026-11-20",
    "/tren",
    "/tren?interval=week&period=90&area=33.25",
    "/laporan/x:2",
)


@pytest.fixture(scope="module")
def houses(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House]]:
    """The same console on Elasticsearch and on SQLite."""
    settings = ElasticsearchSettings(url=elasticsearch_url, prefix=f"console{uuid4().hex[:8]}")
    on_elastic = build_house(tmp_path_factory.mktemp("elastic"), engine=open_elastic(settings, clock=lambda: NOW))
    on_sqlite = build_house(tmp_path_factory.mktemp("sqlite"))
    with serving(on_elastic), serving(on_sqlite):
        yield on_elastic, on_sqlite
    on_elastic.engine.clear()
    for house in (on_elastic, on_sqlite):
        house.engine.close()
        house.ledger.close()


@pytest.mark.parametrize("username", ["ratna", "anisa"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_both_engines_give_the_same_page(houses: tuple[House, House], username: str, address: str):
    pages = [house.signed_in(username).get(address) for house in houses]
    assert [page.status_code for page in pages] == [200, 200]
    assert _shown(pages[0].text) == _shown(pages[1].text)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=typed_queries, sort=st.sampled_from(["urgent", "relevance"]))
def test_any_query_gets_a_page_from_elasticsearch_too(houses: tuple[House, House], text: str, sort: str):
    house = houses[0]
    browser = house.browsers[0] if house.browsers else house.signed_in("anisa")
    address = "/?" + urlencode({"q": text, "sort": sort}, errors="replace")
    assert browser.get(address).status_code in {200, 400}


def test_pages_follow_each_other_on_elasticsearch(houses: tuple[House, House]):
    browser = houses[0].signed_in("ratna")
    ids: list[str] = []
    address = "/"
    while address:
        page = browser.get(address).text
        ids += re.findall(r'<h2><a href="/laporan/([^"]+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(ids) == len(set(ids)) == 45


def test_a_decision_is_searchable_on_elasticsearch_at_once(houses: tuple[House, House]):
    browser = houses[0].signed_in("ratna")
    token = csrf_of(browser.get("/laporan/files:040").text)
    form = {"csrf": token, "to_state": "verifikasi", "expected_state": "diterima"}
    assert browser.post("/laporan/files:040", data=form).headers["location"].endswith("hasil=tersimpan")
    assert "/laporan/files:040" in browser.get("/?state=verifikasi").text


def _shown(page: str) -> str:
    """Return a page without what belongs to one session or one engine: tokens and cursors."""
    return re.sub(r'name="csrf" value="[^"]+"|cursor=[^"&]+|back=[^"&]+', "", page)
