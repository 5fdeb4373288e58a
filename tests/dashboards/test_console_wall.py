"""Berkadar-pengawasan reports do not exist for those who may not read them: not as text, number, link or error."""

from __future__ import annotations

import re

import pytest

from tests.support.console import LEVY, House, csrf_of


@pytest.fixture
def house(read_only_house: House) -> House:
    """Nothing here changes anything."""
    return read_only_house


OUTSIDE = ["guntur", "anisa"]
SECRET = re.compile(r"x:1\b|pungli|dimintai|UPPKB", re.IGNORECASE)


@pytest.mark.parametrize("username", OUTSIDE)
@pytest.mark.parametrize(
    "path",
    [
        "/?sort=urgent",
        "/?sort=newest",
        "/?q=truk",
        "/?q=truk&sort=relevance",
        "/?incident=x:2",
        "/?like=x:2",
        "/?like=files:003&q=truk",
        "/?q=dimintay+karcis",
        "/?q=sopir+truk+timbang&sort=relevance",
        "/?q=kanal:ditujukan",
        "/?q=urgensi>=0,8",
        "/?q=-jenis:kerusakan",
        "/?lane=addressed",
        "/?state=diterima",
        "/laporan/x:2",
        "/tren?period=365",
        "/kesehatan",
    ],
)
def test_no_page_shows_a_trace_of_a_restricted_report(house: House, username: str, path: str):
    page = house.signed_in(username).get(path)
    assert page.status_code == 200
    shown = page.text.replace("mis. pungli", "").replace("pungli ATAU", "")  # the help is the same for everybody
    assert SECRET.findall(shown) == []


@pytest.mark.parametrize("username", OUTSIDE)
def test_asking_for_the_category_finds_nothing(house: House, username: str):
    for path in ("/?category=pungli", "/?kind=misconduct"):
        assert '<b id="jumlah" role="status">0 laporan</b>' in house.signed_in(username).get(path).text


@pytest.mark.parametrize("username", OUTSIDE)
def test_totals_do_not_count_it(house: House, username: str):
    assert _total(house, username, "/") == _total(house, "ratna", "/") - 1
    assert _total(house, username, "/tren?period=365") == _total(house, "ratna", "/tren?period=365") - 1
    assert _total(house, username, "/?area=33.25.09") == _total(house, "ratna", "/?area=33.25.09") - 1


@pytest.mark.parametrize("username", OUTSIDE)
def test_its_address_leads_to_the_same_page_as_one_that_never_was(house: House, username: str):
    browser = house.signed_in(username)
    there, never = browser.get("/laporan/x:1"), browser.get("/laporan/x:99999")
    assert there.status_code == never.status_code == 404
    assert there.text == never.text


@pytest.mark.parametrize("username", OUTSIDE)
def test_it_is_no_sibling_of_the_report_beside_it(house: House, username: str):
    page = house.signed_in(username).get("/laporan/x:2").text
    assert not re.search("kejadian(?!,)", page, re.IGNORECASE)  # the footer alone has the word, before a comma
    assert "/laporan/x:1" in house.signed_in("ratna").get("/laporan/x:2").text


@pytest.mark.parametrize("username", OUTSIDE)
def test_its_words_are_no_suggestions(house: House, username: str):
    assert "Mungkin maksud Anda" in house.signed_in("ratna").get("/?q=karcsi").text
    assert "Mungkin maksud Anda" not in house.signed_in(username).get("/?q=karcsi").text


@pytest.mark.parametrize("username", OUTSIDE)
@pytest.mark.parametrize("what", ["incident", "like"])
def test_neither_its_incident_nor_reports_like_it_can_be_asked_for(house: House, username: str, what: str):
    browser = house.signed_in(username)
    there, never = browser.get(f"/?{what}=x:1"), browser.get(f"/?{what}=x:99999")
    assert there.status_code == never.status_code == 404
    assert there.text == never.text
    assert browser.get(f"/?{what}=kejadian-1").status_code == 404


@pytest.mark.parametrize("username", OUTSIDE)
@pytest.mark.parametrize("id", ["x:1", "x:2", "x:99999"])
def test_only_the_inspectorate_decides_and_a_refusal_betrays_nothing(house: House, username: str, id: str):
    browser = house.signed_in(username)
    form = {"csrf": csrf_of(browser.get("/").text), "to_state": "verifikasi", "expected_state": "diterima"}
    answer = browser.post(f"/laporan/{id}", data=form)
    assert answer.status_code == 403
    assert "Peran Anda tidak dapat mengubah status laporan." in answer.text
    assert house.ledger.history(id) == ()


@pytest.mark.parametrize("username", OUTSIDE)
def test_health_does_not_give_sums_to_subtract_from(house: House, username: str):
    outside, inside = (house.signed_in(name).get("/kesehatan").text for name in (username, "ratna"))
    for secret in ("Neraca unggahan", "1.148", "Terindeks", "Gagal diproses", "Laporan di indeks"):
        assert secret in inside
        assert secret not in outside
    assert "35 menit" in outside


def test_a_page_of_the_inspectorate_is_no_page_of_another(house: House):
    inside, outside = house.signed_in("ratna"), house.signed_in("anisa")
    address = re.search(r'rel="next" href="([^"]+)"', inside.get("/").text)
    assert address is not None
    answer = outside.get(address[1].replace("&amp;", "&"))
    assert answer.status_code == 400


def test_the_inspectorate_sees_it(house: House):
    page = house.signed_in("ratna").get("/").text
    assert "/laporan/x:1" in page
    assert "Berkadar pengawasan" in page
    assert LEVY[:13] in house.signed_in("ratna").get("/laporan/x:1").text


def _total(house: House, username: str, path: str) -> int:
    found = re.search(r">([\d.]+) laporan</b>", house.signed_in(username).get(path).text)
    assert found
    return int(found[1].replace(".", ""))
