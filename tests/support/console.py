"""A console over a real SQLite index and ledger, filled with invented reports."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from dashboards.console.accounts import Accounts
from dashboards.console.app import create_app
from dashboards.console.database import Database
from dashboards.console.export import Exporter
from dashboards.console.health import Count, Health, LossSums, SourceHealth
from dashboards.console.passwords import Passwords
from dashboards.console.throttle import Throttle
from index.decisions import Ledger
from index.document import Document, PlaceView
from index.engine import Engine
from index.sqlite import SqliteEngine
from index.tokens import search_terms
from nlp.normalize import normalize_text
from sidak.ids import document_version
from sidak.models import Evidence

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
PASSWORD = "jembatan-timbang-subuh"
KEY = b"a session key for tests only, 32+"
ROLES = {"ratna": "inspektorat", "guntur": "gubernur", "anisa": "analis"}
AREAS = {
    "33": "Jawa Tengah",
    "33.25": "Kab. Batang",
    "33.25.09": "Kec. Subah, Kab. Batang",
    "33.74": "Kota Semarang",
    "61.01.10": "Kec. Subah, Kab. Sambas",
}


@dataclass
class TickingClock:
    """A clock that moves only when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        """Move on."""
        self.now += timedelta(**delta)


@dataclass
class House:
    """Everything a test looks at from behind the console."""

    app: FastAPI
    engine: Engine
    ledger: Ledger
    accounts: Accounts
    clock: TickingClock
    healths: list[Health] = field(default_factory=list)
    address: str = ""
    browsers: list[httpx.Client] = field(default_factory=list)

    def browser(self) -> httpx.Client:
        """Return a browser that is not signed in."""
        browser = httpx.Client(base_url=self.address, verify=False, timeout=30)
        self.browsers.append(browser)
        return browser

    def signed_in(self, username: str) -> httpx.Client:
        """Return a browser in which this person is signed in."""
        browser = self.browser()
        page = browser.get("/masuk")
        answer = browser.post("/masuk", data={"csrf": csrf_of(page.text), "username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser


def csrf_of(page: str) -> str:
    """Return the token of a page's first form."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


@contextmanager
def serving(house: House) -> Iterator[House]:
    """Run the console on a free port of this machine."""
    config = uvicorn.Config(house.app, port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="console")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the console did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        house.address = f"http://127.0.0.1:{port}"
        yield house
    finally:
        for browser in house.browsers:
            browser.close()
        server.should_exit = True
        thread.join(10)


def build_house(
    folder: Path,
    *,
    documents: list[Document] | None = None,
    engine: Engine | None = None,
    exporter: Exporter | None = None,
) -> House:
    """Open a console over an empty index (a new SQLite file by default) and a new ledger in a folder."""
    clock = TickingClock()
    engine = engine or SqliteEngine(folder / "index.db", clock=clock)
    engine.setup()
    outcome = engine.write(invent_documents() if documents is None else documents)
    assert not outcome.rejected, outcome.rejected
    engine.refresh()
    address = f"sqlite:///{folder / 'ledger.db'}"
    ledger, database = Ledger(address), Database(address)
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts = Accounts(database, clock=clock, passwords=quick)
    for username, role in ROLES.items():
        accounts.add_account(username, role, PASSWORD)
    healths = [invent_health()]
    app = create_app(
        engine=engine,
        ledger=ledger,
        accounts=accounts,
        throttle=Throttle(database, key=KEY, clock=clock),
        health=lambda: healths[-1],
        session_key=KEY,
        clock=clock,
        area_name=lambda code: AREAS.get(code, code),
        exporter=exporter,
    )
    return House(app=app, engine=engine, ledger=ledger, accounts=accounts, clock=clock, healths=healths)


def invent_document(id: str, text: str, **changes: object) -> Document:
    """Return a document of this text, with the search terms that the pipeline would give it."""
    ordinal = int(changes.pop("ordinal", 1))  # type: ignore[call-overload]
    plain = Document(
        id=id,
        version=document_version(ordinal=ordinal, revision=1, decisions=0),
        source=id.partition(":")[0],
        lane="overheard",
        post_kind="post",
        visibility="public",
        created_at=NOW - timedelta(hours=3),
        collected_at=NOW - timedelta(hours=2),
        text=text,
        url=f"https://example.org/{id}",
        model="2026.12.1",
        analyzed_at=NOW - timedelta(hours=1),
        language="id",
        normalized=normalize_text(text).text,
        stems=" ".join(search_terms(text)),
        is_report=True,
        report_probability=0.93,
        kind="damage",
        category="jalan_rusak",
        category_probability=0.91,
        placed=True,
        area_code="33.25.09",
        area_level="kecamatan",
        area_name="Kec. Subah, Kab. Batang",
        area_probability=0.94,
        area_path=("33", "33.25", "33.25.09"),
        urgency=0.45,
    )
    return msgspec.structs.replace(plain, **changes)


LEVY = "Sopir truk di jembatan timbang Subah dimintai 20rb sama petugas tiap lewat, tanpa karcis. Tolong ditindak!"
HOLE = "Jalan raya Subah berlubang besar, tadi malam ada motor jatuh. Mohon segera ditambal sebelum ada korban lagi."
LAMPS = "Lampu jalan di Semarang Timur mati sudah dua minggu, gelap sekali kalau pulang malam."
MAYBE = "jembatan timbang subah katanya ramai lagi ya"


def invent_documents() -> list[Document]:
    """Return the small world of these tests: one restricted report, its open sibling, and some thirty more."""
    levy = invent_document(
        "x:1",
        LEVY,
        kind="misconduct",
        category="pungli",
        restricted=True,
        urgency=0.86,
        urgency_reasons=("Dugaan pungutan oleh petugas", "Berulang setiap hari"),
        reasons=("Pengalaman langsung pelapor",),
        evidence=(_evidence(LEVY, "dimintai 20rb", "category"), _evidence(LEVY, "jembatan timbang Subah", "place")),
        places=(
            PlaceView(name="jembatan timbang Subah", type="landmark"),
            PlaceView(
                name="Subah",
                type="area",
                code="33.25.09",
                level="kecamatan",
                probability=0.94,
                alternatives=("61.01.10",),
            ),
        ),
        amounts=(20_000,),
        offices=("UPPKB Subah",),
        incident_id="kejadian-1",
        incident_link="new",
        personal_data=("PHONE",),
        lane="addressed",
    )
    hole = invent_document(
        "x:2",
        HOLE,
        urgency=0.72,
        urgency_reasons=("Ada korban",),
        evidence=(_evidence(HOLE, "berlubang besar", "category"), _evidence(HOLE, "motor jatuh", "urgency")),
        incident_id="kejadian-1",
        incident_link="suggested",
        created_at=NOW - timedelta(days=1),
    )
    lamps = invent_document(
        "reddit:3",
        LAMPS,
        category="lampu_jalan",
        area_code="33.74",
        area_level="kabkota",
        area_name="Kota Semarang",
        area_path=("33", "33.74"),
        urgency=0.31,
        created_at=NOW - timedelta(days=2),
    )
    maybe = invent_document(
        "x:4",
        MAYBE,
        is_report=None,
        report_probability=0.48,
        kind=None,
        category=None,
        category_probability=0.0,
        placed=False,
        area_code=None,
        area_level=None,
        area_name=None,
        area_probability=None,
        area_path=(),
        urgency=0.1,
        url=None,
    )
    more = [
        invent_document(
            f"files:{number:03}",
            f"Jalan kampung nomor {number} rusak parah, sudah lapor tapi belum diperbaiki.",
            created_at=NOW - timedelta(days=number % 20, hours=number),
            urgency=round(0.2 + number / 1000, 3),
        )
        for number in range(41)
    ]
    return [levy, hole, lamps, maybe, *more]


def _evidence(text: str, words: str, why: str) -> Evidence:
    start = text.index(words)
    return Evidence(start=start, end=start + len(words), why=why)


def invent_health() -> Health:
    """Return a pipeline with one gap, one source that may not be asked, and a balanced loss ledger."""
    return Health(
        as_of=NOW,
        pipeline_version="2026.12.1",
        sources=(
            SourceHealth(
                source="x",
                lane="overheard",
                available=True,
                last_success_at=NOW,
                posts=900,
                gap_minutes=35,
                quota_left="438 dari 450",
            ),
            SourceHealth(source="reddit", available=True, last_success_at=NOW, posts=300),
            SourceHealth(source="tiktok", available=False, why="API riset TikTok tidak terbuka bagi badan publik."),
        ),
        archive=(Count(name="Unggahan", count=1200), Count(name="Segmen", count=14)),
        loss=LossSums(collected=1200, indexed=45, filtered=1148, dead_lettered=2, deleted=5),
        filtered=(Count(name="not_report", count=1148),),
        dead_letters=(Count(name="parse: bukan JSON", count=2),),
        index_count=45,
        index_name="sqlite",
    )
