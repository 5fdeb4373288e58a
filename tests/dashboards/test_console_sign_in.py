"""Nobody gets in without an account, and a session ends when it should."""

from __future__ import annotations

import httpx
import pytest

from tests.support.console import PASSWORD, House, csrf_of

PAGES = ["/", "/?q=jalan", "/laporan/x:1", "/tren", "/kesehatan"]


def _sign_in(browser: httpx.Client, username: str, password: str = PASSWORD, *, next: str = "") -> httpx.Response:
    page = browser.get("/masuk")
    return browser.post(
        "/masuk", data={"csrf": csrf_of(page.text), "username": username, "password": password, "next": next}
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_page_asks_for_a_sign_in_first(house: House, path: str):
    answer = house.browser().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/masuk")


def test_signing_in_leads_to_the_page_that_was_asked_for(house: House):
    browser = house.browser()
    asked = browser.get("/laporan/x:1?hasil=tersimpan").headers["location"]
    form = browser.get(asked)
    assert 'name="next" value="/laporan/x:1?hasil=tersimpan"' in form.text
    answer = _sign_in(browser, "ratna", next="/laporan/x:1?hasil=tersimpan")
    assert answer.headers["location"] == "/laporan/x:1?hasil=tersimpan"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//example.org",
        "/\\example.org",
        "https://example.org",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "\\/e.org",
        "/masuk",
    ],
)
def test_signing_in_never_leads_elsewhere(house: House, elsewhere: str):
    assert _sign_in(house.browser(), "ratna", next=elsewhere).headers["location"] == "/"


def test_the_governors_office_starts_at_the_trends(house: House):
    assert _sign_in(house.browser(), "guntur").headers["location"] == "/tren"


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(house: House):
    wrong = _sign_in(house.browser(), "ratna", "bukan-kata-sandinya")
    unknown = _sign_in(house.browser(), "siapa", "bukan-kata-sandinya")
    assert wrong.status_code == unknown.status_code == 401
    for answer in (wrong, unknown):
        assert "Nama pengguna atau kata sandi tidak cocok." in answer.text
        assert "bukan-kata-sandinya" not in answer.text


def test_a_sign_in_without_the_forms_token_is_refused(house: House):
    browser = house.browser()
    assert browser.post("/masuk", data={"username": "ratna", "password": PASSWORD}).status_code == 403
    browser.get("/masuk")
    answer = browser.post("/masuk", data={"username": "ratna", "password": PASSWORD, "csrf": "x"})
    assert answer.status_code == 403
    assert browser.get("/").status_code == 303


def test_a_token_of_another_browser_is_refused(house: House):
    token = csrf_of(house.browser().get("/masuk").text)
    browser = house.browser()
    browser.get("/masuk")
    assert browser.post("/masuk", data={"username": "ratna", "password": PASSWORD, "csrf": token}).status_code == 403


def test_five_failures_from_one_address_wait_a_quarter_of_an_hour(house: House):
    for _ in range(5):
        assert _sign_in(house.browser(), "ratna", "salah-salah-salah").status_code == 401
    answer = _sign_in(house.browser(), "ratna")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert "menit" in answer.text
    assert _sign_in(house.browser(), "anisa").status_code == 303  # another account is not held up
    house.clock.forward(minutes=16)
    assert _sign_in(house.browser(), "ratna").status_code == 303


def test_failures_of_many_names_from_one_address_add_up(house: House):
    answers = [_sign_in(house.browser(), f"nama{number}", "salah-salah").status_code for number in range(31)]
    assert answers == [401] * 30 + [429]


def test_signing_in_forgives_the_failures_before_it(house: House):
    for _ in range(2):
        for _ in range(4):
            _sign_in(house.browser(), "ratna", "salah-salah-salah")
        assert _sign_in(house.browser(), "ratna").status_code == 303


def test_the_cookie_is_for_this_site_alone(house: House):
    cookie = _sign_in(house.browser(), "ratna").headers["set-cookie"]
    assert cookie.startswith("sidak=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=28800"} <= {part.strip() for part in cookie.split(";")}


def test_over_tls_the_cookie_never_travels_in_the_clear(house: House):
    browser = house.browser()
    answer = browser.get("/masuk", headers={"X-Forwarded-Proto": "https"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-sidak=")
    assert "Secure" in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


def test_an_altered_cookie_is_nobody(house: House):
    browser = house.signed_in("anisa")
    value = browser.cookies["sidak"]
    browser.cookies.clear()
    browser.cookies.set("sidak", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    assert browser.get("/").status_code == 303


def test_a_session_gets_a_new_id_at_sign_in(house: House):
    browser = house.browser()
    before = csrf_of(browser.get("/masuk").text)
    _sign_in(browser, "ratna")
    assert csrf_of(browser.get("/").text) != before


def test_a_session_ends_after_eight_hours(house: House):
    browser = house.signed_in("ratna")
    house.clock.forward(hours=7, minutes=59)
    assert browser.get("/").status_code == 200
    house.clock.forward(minutes=1)
    assert browser.get("/").status_code == 303


def test_signing_out_ends_the_session_on_the_server(house: House):
    browser = house.signed_in("ratna")
    stolen = browser.cookies["sidak"]
    token = csrf_of(browser.get("/").text)
    assert browser.post("/keluar").status_code == 403
    assert browser.post("/keluar", data={"csrf": token}).headers["location"] == "/masuk"
    assert browser.get("/").status_code == 303
    thief = house.browser()
    thief.cookies.set("sidak", stolen)
    assert thief.get("/").status_code == 303


def test_a_new_password_ends_every_session(house: House):
    browser = house.signed_in("ratna")
    house.accounts.set_password("ratna", "kata-sandi-yang-baru")
    assert browser.get("/").status_code == 303
    assert _sign_in(house.browser(), "ratna").status_code == 401
    assert _sign_in(house.browser(), "ratna", "kata-sandi-yang-baru").status_code == 303


def test_a_disabled_account_is_out_at_once(house: House):
    browser = house.signed_in("ratna")
    house.accounts.disable("ratna")
    assert browser.get("/").status_code == 303
    assert _sign_in(house.browser(), "ratna").status_code == 401


def test_a_reading_request_changes_nothing(house: House):
    browser = house.signed_in("ratna")
    for path in ("/keluar", "/laporan/x:1?to_state=spam&expected_state=diterima"):
        browser.get(path)
    assert browser.get("/").status_code == 200
    assert house.ledger.history("x:1") == ()


def test_a_flood_of_form_data_is_refused(house: House):
    answer = house.browser().post("/masuk", content=b"username=" + b"a" * 70_000)
    assert answer.status_code == 413
