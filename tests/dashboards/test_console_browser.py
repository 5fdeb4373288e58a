"""The console in a real browser: by mouse, by keyboard alone, on a phone, and without any script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.console import PASSWORD, House

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

OpenPage = Callable[..., "Page"]


@pytest.fixture
def open_page(chromium: Browser, house: House) -> Iterator[OpenPage]:
    """Open pages of the console; at the end, nothing may have been blocked, broken or loaded from elsewhere."""
    contexts, trouble, asked = [], [], []

    def open_at(path: str = "/", *, width: int = 1280, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 844}, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: None if "of 409" in message.text else trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(house.address + path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert trouble == []
    assert [url for url in asked if not url.startswith(house.address)] == []


def _sign_in(page: Page) -> None:
    page.get_by_label("Nama pengguna").fill("ratna")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_sign_in_search_open_decide_and_see_it_in_the_history(open_page: OpenPage, house: House):
    page = open_page()
    _sign_in(page)
    page.get_by_label("Kata yang dicari").fill("jembatan timbang")
    page.get_by_role("button", name="Cari").click()
    assert page.get_by_role("status").inner_text() == "2 laporan"
    page.get_by_role("link", name="Dugaan pungli").click()
    assert page.locator("mark.why-category", has_text="dimintai 20rb").is_visible()
    page.get_by_label("Ubah menjadi").select_option(label="Verifikasi")
    page.get_by_label("Catatan").fill("Diteruskan ke Irban II")
    page.get_by_role("button", name="Simpan status").click()
    assert page.get_by_role("status").inner_text() == "Perubahan status tersimpan."
    history = page.locator(".history").inner_text()
    assert re.search(r"Verifikasi\s+24 Nov 2026 12.00 WIB · ratna\s+Diteruskan ke Irban II", history)
    assert [decision.note for decision in house.ledger.history("x:1")] == ["Diteruskan ke Irban II"]
    page.get_by_role("button", name="Keluar").click()
    page.goto(house.address + "/laporan/x:1")
    assert page.get_by_role("button", name="Masuk").is_visible()


def test_the_keyboard_alone_is_enough(open_page: OpenPage, house: House):
    page = open_page()
    page.locator("#username:focus").wait_for()  # the first field has the focus by itself
    page.keyboard.type("ratna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Langsung ke isi"
    assert page.locator(":focus").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("id") == "q"
    page.keyboard.type("sopir truk")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=sopir*")
    _tab_to(page, "Langsung ke hasil")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Dugaan pungli"
    outline = page.locator(":focus").evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/laporan/x:1")
    _tab_to(page, id="to_state")
    page.keyboard.type("Verif")
    page.keyboard.press("Tab")
    page.keyboard.type("dari papan ketik")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**hasil=tersimpan")
    assert house.ledger.history("x:1")[0].note == "dari papan ketik"


def _tab_to(page: Page, text: str = "", *, id: str = "") -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        focused_id, focused_text = page.evaluate("[document.activeElement.id, document.activeElement.innerText]")
        if (id and focused_id == id) or (text and focused_text == text):
            return
    pytest.fail(f"80 steps of the Tab key do not reach {text or id}")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_fits_the_screen(open_page: OpenPage, house: House, width: int):
    page = open_page("/masuk", width=width)
    assert _fits(page)
    _sign_in(page)
    for path in ("/?q=jalan&source=x&area=33.25", "/laporan/x:1", "/tren?period=365", "/kesehatan"):
        page.goto(house.address + path)
        assert _fits(page), path


def test_filters_fold_on_a_phone_and_lie_open_on_a_desk(open_page: OpenPage):
    for width, open_ in ((390, False), (1280, True)):
        page = open_page(width=width)
        _sign_in(page)
        box = page.get_by_label("Reddit")
        assert box.is_visible() is open_
        if not open_:
            page.get_by_text("Penyaring", exact=True).click()
        box.check()
        page.get_by_role("button", name="Terapkan penyaring").first.click()
        assert page.get_by_role("status").inner_text() == "1 laporan"
        assert page.url.endswith("/?sort=urgent&source=reddit")  # empty fields stay out of the address


def test_everything_works_without_script(open_page: OpenPage, house: House):
    page = open_page(java_script_enabled=False)
    _sign_in(page)
    page.get_by_label("Reddit").check()
    page.get_by_role("button", name="Terapkan penyaring").first.click()
    assert page.get_by_role("status").inner_text() == "1 laporan"
    page.get_by_role("link", name="Dugaan: Lampu jalan mati").click()
    page.get_by_label("Ubah menjadi").select_option("verifikasi")
    page.get_by_role("button", name="Simpan status").click()
    assert page.get_by_role("status").inner_text() == "Perubahan status tersimpan."
    assert len(house.ledger.history("reddit:3")) == 1


def test_who_comes_second_is_told_in_the_browser(open_page: OpenPage, house: House):
    first = open_page("/laporan/x:2")
    _sign_in(first)
    at = house.clock()
    house.ledger.decide("x:2", "telaah", expected_state="diterima", actor="anisa", note="", at=at)
    first.get_by_label("Ubah menjadi").select_option("spam")
    with first.expect_response("**/laporan/x:2") as answer:
        first.get_by_role("button", name="Simpan status").click()
    assert answer.value.status == 409
    assert "sudah diubah petugas lain" in first.get_by_role("alert").inner_text()
    first.get_by_label("Ubah menjadi").select_option("tindak_lanjut")
    first.get_by_role("button", name="Simpan status").click()
    assert first.locator(".history > li").count() == 3
