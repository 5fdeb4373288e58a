"""A deployment in a temporary home, cleared and with credentials for the stand-ins."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors import collect, transport, web
from collectors.collect import CollectResult, collect_source
from collectors.standins import graph_wire, youtube_wire
from collectors.standins.app import OFFICE_HANDLE, StandIns
from sidak.archive import Archive
from sidak.catalog import Catalog
from sidak.intake import Intake
from sidak.settings import Settings

END = datetime(2026, 11, 20, 3, tzinfo=UTC)
CANARY = "kenari-rahasia-7f3a"
CLEARANCE = """
[x]
lanes = ["addressed", "overheard"]
reference = "Perjanjian 12/2026"
declared_by = "Sekretaris"
valid_until = 2026-12-31
states = { agreement = "E-12", offices = "Inspektorat Contoh" }

[reddit]
lanes = ["overheard"]
reference = "Persetujuan 3"
declared_by = "Sekretaris"
valid_until = 2026-12-31
states = { approval = "R-3" }

[youtube]
lanes = ["addressed", "overheard"]
reference = "Persetujuan 4"
declared_by = "Sekretaris"
valid_until = 2026-12-31
states = { project = "123", purpose = "pengaduan warga" }

[facebook]
lanes = ["addressed", "overheard"]
reference = "Persetujuan 5"
declared_by = "Sekretaris"
valid_until = 2026-12-31
states = { app = "456 pages_read_engagement" }

[instagram]
lanes = ["addressed", "overheard"]
reference = "Persetujuan 6"
declared_by = "Sekretaris"
valid_until = 2026-12-31
states = { app = "456 instagram_manage_comments" }
"""
WATCHLIST = f"""
issues = ["jembatan timbang", "jalan rusak", "jalan berlubang", "lampu jalan mati", "pungli", "banjir"]
places = ["batang", "subah", "semarang", "kendal"]
subreddits = ["indonesia", "semarang"]
youtube_channels = ["{youtube_wire.channel_id("KabarJateng.Uji")}"]
facebook_pages = ["{graph_wire.account_id("InfoBatangUji")}"]
hashtags = ["jalanrusak", "BanjirSemarang"]
"""


class Deployment:
    """One home with everything a pass needs."""

    def __init__(self, home: Path, standins: StandIns) -> None:
        self.home = home
        self.standins = standins
        self.slept: list[float] = []
        (home / "clearance.toml").write_text(CLEARANCE)
        (home / "watchlist.toml").write_text(WATCHLIST)
        self.settings = Settings(
            home=home,
            pseudonym_key="k" * 32,
            sources={
                "x": {
                    "bearer_token": f"x-{CANARY}",
                    "user_id": standins.office_id,
                    "base_url": standins.x_url,
                },
                "reddit": {
                    "client_id": f"id-{CANARY}",
                    "client_secret": f"secret-{CANARY}",
                    "user_agent": "linux:sidak-contoh:v1 (by /u/contoh)",
                    "base_url": standins.reddit_url,
                },
                "youtube": {
                    "api_key": f"yt-{CANARY}",
                    "channel_id": youtube_wire.channel_id(OFFICE_HANDLE),
                    "base_url": standins.youtube_url,
                },
                "facebook": {
                    "access_token": f"fb-{CANARY}",
                    "app_secret": f"fb-rahasia-{CANARY}",
                    "page_id": graph_wire.account_id(OFFICE_HANDLE),
                    "base_url": standins.graph_url,
                },
                "instagram": {
                    "access_token": f"ig-{CANARY}",
                    "user_id": graph_wire.account_id(OFFICE_HANDLE),
                    "base_url": standins.graph_url,
                },
            },
        )
        self.archive = Archive(home / "archive", clock=standins.clock.now)
        self.catalog = Catalog(home / "catalog.db", self.archive)
        self.intake = Intake(self.archive, self.catalog)

    def collect(self, source: str, **options: object) -> CollectResult:
        given: dict[str, object] = {
            "intake": self.intake,
            "settings": self.settings,
            "clock": self.standins.clock.now,
            "sleep": self.slept.append,
            "rng": random.Random(7),
        }
        return collect_source(source, **(given | options))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_real_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that nobody gives a sleep to do not wait between their tries."""
    monkeypatch.setitem(collect.open_client.__kwdefaults__, "sleep", lambda seconds: None)


@pytest.fixture
def stand_ins() -> Iterator[StandIns]:
    with StandIns(end=END) as running:
        yield running


@pytest.fixture
def deployment(tmp_path: Path, stand_ins: StandIns) -> Iterator[Deployment]:
    built = Deployment(tmp_path, stand_ins)
    yield built
    built.catalog.close()


class ShortLimits:
    """Time limits of a test's scale: patient enough for a busy machine, and hasty where an answer never comes."""

    def __init__(self) -> None:
        self.now = self.patient = transport.Limits(
            connect_seconds=1, read_seconds=0.3, total_seconds=0.6, body_bytes=1 << 20
        )

    @contextmanager
    def hasty(self, *, when: bool) -> Iterator[None]:
        """Clients built meanwhile wait a third as long."""
        if when:
            self.now = msgspec.structs.replace(self.patient, read_seconds=0.1, total_seconds=0.2)
        yield
        self.now = self.patient


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> ShortLimits:
    limits = ShortLimits()
    guard, build = transport.guard_session, web.Web.__init__

    def guard_shortly(session: Any, *, reroute: Any, **_: object) -> Any:
        return guard(session, reroute=reroute, limits=limits.now)

    def build_shortly(self: web.Web, base_url: str, **options: Any) -> None:
        build(self, base_url, **(options | {"limits": limits.now}))

    for source in ("x.client", "reddit.session", "youtube.session", "mastodon.session"):
        monkeypatch.setattr(f"collectors.{source}.guard_session", guard_shortly)
    monkeypatch.setattr(web.Web, "__init__", build_shortly)
    return limits
