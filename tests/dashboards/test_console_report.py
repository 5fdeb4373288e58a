"""One report: what it shows, and how its state is changed."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.support.console import House, build_house, csrf_of, invent_document, serving

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \"'&amp; "
    "\u202egnilabret\u202c nol\u200bspasi \x07bel {{ 7 * 7 }} {% raw %} ]]> </bdi></div>"
)


def _decide(browser: httpx.Client, id: str, to: str, *, seen: str = "diterima", note: str = "") -> httpx.Response:
    token = csrf_of(browser.get(f"/laporan/{id}").text)
    return browser.post(f"/laporan/{id}", data={"csrf": token, "to_state": to, "expected_state": seen, "note": note})


def test_a_report_shows_evidence_place_reasons_and_origin(house: House):
    page = house.signed_in("ratna").get("/laporan/x:1").text
    for words in (
        '<mark class="evidence why-category"><span class="vh">bukti kategori: </span>dimintai 20rb</mark>',
        "Bukti untuk:",
        "94 %",
        "Mungkin juga: Kec. Subah, Kab. Sambas (61.01.10)",
        "Dugaan pungutan oleh petugas",
        "Pengalaman langsung pelapor",
        "Rp20.000",
        "UPPKB Subah",
        "2026.12.1",
        "nomor telepon",
        'rel="noreferrer noopener external"',
        "/laporan/x:2",
    ):
        assert words in page, words


def test_a_changed_state_is_in_the_history_and_in_search(house: House):
    browser = house.signed_in("ratna")
    answer = _decide(browser, "x:1", "verifikasi", note="diteruskan ke <Irban II>")
    assert answer.status_code == 303
    page = browser.get(answer.headers["location"]).text
    assert "Perubahan status tersimpan." in page
    assert "diteruskan ke &lt;Irban II&gt;" in page
    assert "ratna" in page
    assert 'name="expected_state" value="verifikasi"' in page
    assert "/laporan/x:1" in browser.get("/?state=verifikasi").text
    assert [decision.actor for decision in house.ledger.history("x:1")] == ["ratna"]


def test_who_comes_second_is_told_and_keeps_the_note(house: House):
    browser = house.signed_in("ratna")
    assert _decide(browser, "x:1", "verifikasi").status_code == 303
    answer = _decide(browser, "x:1", "spam", note="menurut saya iklan")
    assert answer.status_code == 409
    assert "sudah diubah petugas lain" in answer.text
    assert "menurut saya iklan" in answer.text
    assert 'name="expected_state" value="verifikasi"' in answer.text
    assert len(house.ledger.history("x:1")) == 1


@pytest.mark.parametrize("to", ["selesai", "hilang", "", "<script>", "diterima"])
def test_a_step_that_does_not_exist_is_refused_with_a_reason(house: House, to: str):
    answer = _decide(house.signed_in("ratna"), "x:1", to)
    assert answer.status_code == 400
    assert 'class="alert" role="alert"' in answer.text
    assert "<script>" not in answer.text.replace('<script src="/static/sidak.js" defer></script>', "")
    assert house.ledger.history("x:1") == ()


def test_too_long_a_note_is_refused_whole(house: House):
    answer = _decide(house.signed_in("ratna"), "x:1", "verifikasi", note="n" * 9_000)
    assert answer.status_code == 400
    assert "Catatan terlalu panjang" in answer.text


@pytest.mark.parametrize("token", ["", "salah", "é", "\udc80"])
def test_a_decision_without_the_forms_token_is_refused(house: House, token: str):
    browser = house.signed_in("ratna")
    form = {"csrf": token.encode("utf-8", "replace").decode(), "to_state": "verifikasi", "expected_state": "diterima"}
    assert browser.post("/laporan/x:1", data=form).status_code == 403
    assert house.ledger.history("x:1") == ()


def test_a_file_in_place_of_a_word_is_refused(house: House):
    browser = house.signed_in("ratna")
    token = csrf_of(browser.get("/laporan/x:1").text)
    answer = browser.post("/laporan/x:1", data={"csrf": token}, files={"note": ("a.txt", b"x")})
    assert answer.status_code == 400


@pytest.mark.parametrize("id", ["x:99", "x%2F..%2F1", "%00", "%ED%A0%80", "x:1%20", "%E2%80%AE", "a" * 3000])
def test_an_address_of_no_report_is_not_found(house: House, id: str):
    answer = house.signed_in("ratna").get(f"/laporan/{id}")
    assert answer.status_code == 404


def test_hostile_words_stay_words(tmp_path):
    id = "files:a/b?c#d e<script>"
    report = invent_document(
        id,
        HOSTILE,
        title="<b>judul</b>",
        url="javascript:alert(1)",
        area_name="<i>Subah</i>",
        offices=("<u>Dinas</u>",),
        reasons=("<script>x</script>",),
        urgency_reasons=("<script>y</script>",),
        warnings=("<script>z</script>",),
        incident_id="<k>",
        model="<m>",
    )
    with serving(build_house(tmp_path, documents=[report])) as house:
        browser = house.signed_in("ratna")
        found = browser.get("/?q=bel").text
        address = re.search(r'<h2><a href="([^"]+)"', found)
        assert address is not None
        shown = browser.get(address[1])
        assert shown.status_code == 200
        assert _decide(browser, address[1].removeprefix("/laporan/"), "verifikasi").status_code == 303
        assert house.ledger.history(id)[0].report_id == id
    for page in (found, shown.text):
        bare = page.replace('<script src="/static/sidak.js" defer></script>', "")
        assert not re.search(r"<(script|img|b>judul|i>Subah|u>Dinas|k>|m>)", bare)
        assert "javascript:" not in page
        assert not re.search("[\u202a-\u202e\u200b\x00-\x08]", page)
        assert "{{ 7 * 7 }}" in page
        assert 'title="Karakter tersembunyi U+202E"' in page
        assert '<bdi dir="auto">' in page


def test_a_very_long_text_is_cut_on_the_page_only(tmp_path):
    report = invent_document("x:1", "jalan rusak " * 20_000)
    with serving(build_house(tmp_path, documents=[report])) as house:
        browser = house.signed_in("ratna")
        assert len(browser.get("/?q=jalan").text) < 40_000
        page = browser.get("/laporan/x:1").text
    assert "190.000 karakter lagi" in page
    assert len(page) < 80_000
