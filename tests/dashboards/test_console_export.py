"""Downloading a search from the console: what this person may see, counted, kept on record, and nothing more."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from index.sqlite import SqliteEngine
from sidak.app.export_console import console_exporter
from sidak.app.house import House as Home
from sidak.settings import Settings
from tests.support.console import NOW, House, build_house, csrf_of, invent_document, serving


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def house(tmp_path: Path, settings: Settings) -> Iterator[House]:
    engine = SqliteEngine(settings.home / "index" / "index.db", clock=lambda: NOW)
    built = build_house(tmp_path, engine=engine, exporter=console_exporter(settings, clock=lambda: NOW))
    with serving(built):
        yield built
    built.ledger.close()
    built.engine.close()


def press_download(browser: httpx.Client, search: str) -> httpx.Response:
    page = browser.get(search)
    form = re.search(r'<form class="download" method="post" action="([^"]+)">', page.text)
    assert form, page.text
    return browser.post(unescape(form[1]), data={"csrf": csrf_of(page.text)})


def unpack(answer: httpx.Response) -> tuple[list[dict[str, str]], dict[str, object], bytes]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        names = sorted(file.namelist())
        content, manifest = file.read(names[0]), json.loads(file.read(names[1]))
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""))), manifest, content


def test_a_search_is_downloaded_whole_with_its_manifest(house: House, settings: Settings) -> None:
    rows, manifest, content = unpack(press_download(house.signed_in("anisa"), "/?q=jalan+kampung&source=files"))
    assert len(rows) == 41
    assert {row["source"] for row in rows} == {"files"}
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert (manifest["rows"], manifest["query"], manifest["exported_by"]) == (41, "jalan kampung", "anisa")
    [run] = Home(settings).journal.runs(stage="export")
    assert "anisa as analis, open only" in run.message
    folder = settings.home / "exports" / "console"
    deadline = time.monotonic() + 60
    while any(folder.glob("*.zip")) and time.monotonic() < deadline:  # it goes once the answer is sent
        time.sleep(0.02)
    assert [path.name.partition(".")[2] for path in folder.iterdir()] == ["csv.manifest.json"]


@pytest.mark.parametrize(("username", "seen"), [("ratna", True), ("anisa", False), ("guntur", False)])
def test_restricted_reports_are_downloaded_by_those_who_read_them(house: House, username: str, seen: bool) -> None:
    rows, manifest, _ = unpack(press_download(house.signed_in(username), "/?q=subah"))
    assert ("x:1" in {row["id"] for row in rows}) is seen
    assert manifest["include_restricted"] is seen


def test_a_download_needs_a_person_and_their_form(house: House) -> None:
    stranger = house.browser()
    assert stranger.post("/unduh").status_code == 403
    assert stranger.post("/unduh", data={"csrf": csrf_of(stranger.get("/masuk").text)}).headers["location"] == "/masuk"
    assert house.signed_in("anisa").post("/unduh").status_code == 403
    assert house.signed_in("anisa").get("/unduh").status_code == 405


def test_a_senseless_search_is_no_download(house: House) -> None:
    browser = house.signed_in("anisa")
    token = csrf_of(browser.get("/").text)
    assert browser.post("/unduh?q=(jalan", data={"csrf": token}).status_code == 400
    assert browser.post("/unduh?warna=biru", data={"csrf": token}).status_code == 400


def test_what_the_cap_does_not_allow_is_refused_before_it_is_counted(house: House, settings: Settings) -> None:
    house.engine.write([invent_document(f"x:more{number}", "Jembatan gantung putus") for number in range(501)])
    browser = house.signed_in("anisa")
    refused = press_download(browser, "/?q=jembatan+gantung")
    assert refused.status_code == 429
    assert "x: 500 unggahan sehari, sisa hari ini 500, pencarian ini 501" in refused.text
    assert "2026-11-25 00:00 UTC" in refused.text
    assert len(unpack(press_download(browser, "/?q=motor"))[0]) == 1
    assert not list((settings.home / "exports" / "console").glob("*.part*"))


def test_a_console_without_exports_shows_no_button(tmp_path: Path) -> None:
    built = build_house(tmp_path)
    with serving(built):
        browser = built.signed_in("anisa")
        page = browser.get("/")
        assert "Unduh" not in page.text
        assert browser.post("/unduh", data={"csrf": csrf_of(page.text)}).status_code == 404
    built.ledger.close()
    built.engine.close()
