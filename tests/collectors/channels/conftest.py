"""A deployment in a temporary home, cleared for the channels and pointed at their stand-ins."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.collect import CollectResult, collect_source
from collectors.standins.channels import ChannelStandIns
from collectors.standins.telegram import BOT_ID
from collectors.standins.threads import OFFICE_ID
from sidak.app.house import House
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CANARY = "kenari-rahasia-7f3a"
STATEMENTS = {
    "whatsapp": ("addressed", 'number = "62", notice = "papan"'),
    "bluesky": ("addressed overheard", 'account = "uji.contoh.example"'),
    "mastodon": ("addressed overheard", 'rules = "dibaca 1 November"'),
    "news": ("overheard", 'outlets = "daftar 2026"'),
    "threads": ("addressed overheard", 'app = "456 threads_keyword_search"'),
    "telegram": ("addressed", 'bot = "@uji", notice = "papan"'),
}
WATCHLIST = """
issues = ["jalan rusak", "pungli", "banjir"]
hashtags = ["LaporBatang"]
"""


def write_clearance(home: Path) -> None:
    parts = []
    for name, (lanes, states) in STATEMENTS.items():
        cleared = ", ".join(f'"{lane}"' for lane in lanes.split())
        parts.append(
            f'[{name}]\nlanes = [{cleared}]\nreference = "Nota 7"\ndeclared_by = "Sekretaris"\n'
            f"valid_until = 2026-12-31\nstates = {{ {states} }}\n"
        )
    (home / "clearance.toml").write_text("\n".join(parts))


class Channels:
    """One home with everything a pass needs."""

    def __init__(self, home: Path, standins: ChannelStandIns) -> None:
        self.home = home
        self.standins = standins
        self.slept: list[float] = []
        write_clearance(home)
        url = standins.url
        (home / "watchlist.toml").write_text(WATCHLIST + f'feeds = ["{url("news")}/feed.xml"]\n')
        self.settings = Settings(
            home=home,
            pseudonym_key="k" * 32,
            sources={
                "whatsapp": {
                    "app_secret": CANARY, "verify_token": f"v-{CANARY}", "access_token": CANARY,
                    "base_url": url("whatsapp"),
                },
                "bluesky": {
                    "identifier": "uji.contoh.example", "app_password": CANARY, "handle": "uji.contoh.example",
                    "base_url": url("bluesky"),
                },
                "mastodon": {"access_token": CANARY, "handle": "@inspektoratuji", "base_url": url("mastodon")},
                "threads": {"access_token": CANARY, "user_id": OFFICE_ID, "base_url": url("threads")},
                "telegram": {"bot_token": f"{BOT_ID}:{CANARY}", "base_url": url("telegram")},
            },
        )  # fmt: skip
        self.house = House(self.settings, clock=standins.clock.now)

    def collect(self, source: str, **options: object) -> CollectResult:
        given: dict[str, object] = {
            "intake": self.house.intake,
            "settings": self.settings,
            "clock": self.standins.clock.now,
            "sleep": self.slept.append,
            "rng": random.Random(7),
        }
        return collect_source(source, **(given | options))  # type: ignore[arg-type]

    def posts(self, source: str) -> list[dict[str, Any]]:
        """Every record of a source in the archive."""
        stream = self.house.archive.stream(f"posts/{source}")
        return [json.loads(record) for segment in stream.segments() for record in stream.read(segment)]

    def letters(self) -> list[dict[str, Any]]:
        """Every dead letter."""
        stream = self.house.archive.stream("deadletters")
        return [json.loads(record) for segment in stream.segments() for record in stream.read(segment)]

    def told(self) -> str:
        """Everything that was kept, as one text."""
        return json.dumps([self.letters(), *(self.posts(source) for source in STATEMENTS)], ensure_ascii=False)


@pytest.fixture
def stand_ins() -> Iterator[ChannelStandIns]:
    with ChannelStandIns(at=NOW, secret=CANARY) as running:
        yield running


@pytest.fixture
def channels(tmp_path: Path, stand_ins: ChannelStandIns) -> Iterator[Channels]:
    built = Channels(tmp_path, stand_ins)
    yield built
    built.house.close()
