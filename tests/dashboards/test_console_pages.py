"""Trends, health, headers, and what people see when a part is down."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from dashboards.console.times import render_time
from sidak.errors import RetryError, StopError
from tests.support.console import House, csrf_of


@pytest.fixture
def house(read_only_house: House) -> House:
    """Nothing here changes anything."""
    return read_only_house


PAGES = [
    "/masuk",
    "/",
    "/laporan/x:1",
    "/tren",
    "/kesehatan",
    "/healthz",
    "/nirwana",
    "/?q=(",
    "/static/sidak.css",
    "/keluar",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_what_the_console_does_not_need(house: House, path: str):
    answer = house.signed_in("ratna").get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == ("public, max-age=3600" if path.startswith("/static") else "no-store")


@pytest.mark.parametrize(
    "path", ["/masuk", "/", "/?category=pungli", "/laporan/x:1", "/tren", "/kesehatan", "/nirwana"]
)
def test_no_page_runs_or_loads_anything_that_is_not_a_file_of_ours(house: House, path: str):
    browser = house.browser() if path == "/masuk" else house.signed_in("ratna")
    page = browser.get(path).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=\"/static/)|javascript:|@import", page)
    loaded = re.findall(r'(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert page.count("<h1") == 1
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    fields = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', page)
    assert set(fields) <= labelled


@pytest.mark.parametrize("path", ["/laporan", "/tren/", "/static", "/masuk/"])
def test_no_answer_leads_to_the_host_that_a_request_names(house: House, path: str):
    answer = house.signed_in("ratna").get(path, headers={"Host": "example.org"})
    assert answer.status_code == 404
    assert "example.org" not in str(answer.headers) + answer.text


def test_health_answers_without_a_sign_in(house: House):
    assert house.browser().get("/healthz").text == "ok"
    assert house.browser().head("/healthz").status_code == 200


def test_trends_say_as_of_when_from_which_version_over_what(house: House):
    page = house.signed_in("ratna").get("/tren").text
    for words in (
        "45 laporan",
        "per 24 Nov 2026 12.00 WIB",
        "Versi pipa 2026.12.1",
        "2 dari 3 sumber aktif",
        "X (Twitter) 35 menit",
        "Dugaan pungli",
        "Kab. Batang",
        '<svg class="lines on-wide"',
        '<svg class="bars"',
        '<th scope="col" class="n">Jalan rusak</th>',
    ):
        assert words in page, words


def test_a_chart_and_its_search_count_the_same(house: House):
    browser = house.signed_in("ratna")
    page = browser.get("/tren?period=7").text
    address, total = re.search(r'<h3><a href="([^"]+)">Jalan rusak</a> <b>(\d+)</b>', page).groups()
    assert f"{total} laporan</b>" in browser.get(address.replace("&amp;", "&")).text


def test_trends_break_down_the_chosen_area(house: House):
    page = house.signed_in("ratna").get("/tren?area=33.25&interval=week&period=90&kind=misconduct").text
    assert "1 laporan" in page
    assert "Kec. Subah, Kab. Batang" in page


@pytest.mark.parametrize(
    "query",
    ["period=8", "interval=hour", "area=x", "area=33&area=34", "kind=x", "since=2020-01-01", "since=2027-01-01", "q=a"],
)
def test_a_senseless_trend_gets_a_clear_message(house: House, query: str):
    assert house.signed_in("ratna").get(f"/tren?{query}").status_code == 400


def test_an_empty_period_draws_nothing(house: House):
    page = house.signed_in("ratna").get("/tren?until=2001-01-01").text
    assert "Tidak ada laporan pada rentang ini." in page


def test_the_health_page_says_why_a_source_is_missing(house: House):
    page = house.signed_in("ratna").get("/kesehatan").text
    for words in (
        "API riset TikTok tidak terbuka",
        "35 menit",
        "438 dari 450",
        "Seimbang",
        "bukan laporan langsung",
        "parse: bukan JSON",
    ):
        assert words in page


def _raising(error: Exception) -> Callable[..., Any]:
    def fail(*_args: object, **_options: object) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RetryError("http://10.0.0.7:9200 refused"), (503, "Indeks sedang tidak dapat dihubungi")),
        (StopError("wrong password for elastic at 10.0.0.7"), (500, "Terjadi kesalahan")),
        (ZeroDivisionError("10.0.0.7"), (500, "Terjadi kesalahan")),
    ],
)
@pytest.mark.parametrize("path", ["/", "/laporan/x:1", "/tren"])
def test_an_index_that_is_down_is_said_in_plain_words(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, said: tuple[int, str], path: str
):
    browser = house.signed_in("ratna")
    for method in ("search", "get", "trends"):
        monkeypatch.setattr(house.engine, method, _raising(error))
    answer = browser.get(path)
    assert answer.status_code == said[0]
    assert said[1] in answer.text
    assert "10.0.0.7" not in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "Keluar" in answer.text  # the menu stays
    assert browser.get("/healthz").status_code == 200


def test_a_ledger_that_is_down_changes_nothing_and_says_so(house: House, monkeypatch: pytest.MonkeyPatch):
    browser = house.signed_in("ratna")
    token = csrf_of(browser.get("/laporan/x:1").text)
    monkeypatch.setattr(house.ledger, "decide", _raising(RetryError("locked")))
    form = {"csrf": token, "to_state": "verifikasi", "expected_state": "diterima"}
    answer = browser.post("/laporan/x:1", data=form)
    assert answer.status_code == 503
    assert "Tidak ada yang berubah" in answer.text


def test_health_that_cannot_be_read_does_not_take_the_trends_along(house: House, monkeypatch: pytest.MonkeyPatch):
    browser = house.signed_in("ratna")
    down = msgspec.structs.replace(house.app.state.console, health=_raising(RetryError("catalog is locked")))
    monkeypatch.setattr(house.app.state, "console", down)
    assert browser.get("/kesehatan").status_code == 503
    assert "Cakupan sedang tidak dapat dibaca" in browser.get("/tren").text


def test_times_are_read_in_wib():
    assert render_time(datetime.fromisoformat("2026-12-31T17:30:00+00:00")) == "1 Jan 2027 00.30 WIB"
