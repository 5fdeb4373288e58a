"""An office that listens to all of it: passes, look-ups, outages, crashes and restarts, by a simulated clock."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from collectors.collect import CollectResult, collect_source
from collectors.standins.app import StandIns
from collectors.standins.channels import ChannelStandIns
from sidak.app.collect import forget_deleted
from sidak.app.house import House
from sidak.app.importing import import_with
from sidak.app.receive import build_webhook
from sidak.app.refresh import refresh_with, refreshable
from sidak.models import Post
from sidak.settings import Settings
from tests.collectors import conftest as platforms
from tests.collectors.channels import conftest as channel_platforms
from tests.collectors.channels.test_channel_faults import LISTENED as CHANNELS_LISTENED
from tests.collectors.test_fault_matrix import FAULTS, LISTENED

from .upstream import Written, happen

PATHS = {**LISTENED, **CHANNELS_LISTENED}
OUTAGES = [name for name in FAULTS if name not in {"hang", "drip", "deep nesting", "oversize"}]
"""Those two only wait, as the fault matrix shows, and the other two only are large."""


class Killed(BaseException):
    """The process ends here."""


class Office:
    """One home, and the platforms around it."""

    def __init__(self, home: Path, world: StandIns, channels: ChannelStandIns, *, rng: random.Random) -> None:
        self.world, self.channels, self.rng = world, channels, rng
        one, other = (
            platforms.Deployment(home, world),
            channel_platforms.Channels(home, channels),
        )
        one.catalog.close()
        other.house.close()
        (home / "clearance.toml").write_text(platforms.CLEARANCE + (home / "clearance.toml").read_text())
        feed = f'feeds = ["{channels.url("news")}/feed.xml"]\n'
        watched = platforms.WATCHLIST.replace("hashtags = [", 'hashtags = ["LaporBatang", ')
        (home / "watchlist.toml").write_text(watched + feed)
        self.settings = Settings(
            home=home, pseudonym_key="k" * 32, sources={**one.settings.sources, **other.settings.sources}
        )
        self.counts: Counter[str] = Counter()
        self.slept: list[float] = []
        self.seen: dict[str, set[str]] = {}
        self._read_up_to: dict[str, int] = {}
        self.house = self._open()

    def _open(self) -> House:
        house = House(self.settings, clock=self.world.clock.now)
        credentials = self.settings.credentials("whatsapp")
        app, _ = build_webhook(house, credentials=credentials, on_deleted=lambda: None)
        self._webhook = app
        return house

    def restart(self) -> None:
        self.house.close()
        self.house = self._open()
        self.counts["restarts"] += 1

    def set_clock(self, at: datetime) -> None:
        self.world.clock.set(at)
        self.channels.clock.set(at)

    def listen(self, *, hurt: frozenset[str], crashing: float) -> None:
        """One round over everything, with these sources out of order."""
        for source in PATHS:
            with self._outage(source, hurt=source in hurt):
                self._pass(source, hurt=source in hurt, crash=self.rng.random() < crashing)
        if "whatsapp" not in hurt:
            self._deliver()
        for source in refreshable(self.house):
            summary = refresh_with(self.house, source, believe=True)
            assert summary.outcome == "ok", summary
            self.counts["looked up"] += summary.due
        self._note_seen()

    @contextmanager
    def _outage(self, source: str, *, hurt: bool) -> Iterator[None]:
        faults = self.world.faults if source in LISTENED else self.channels.faults
        if hurt:
            faults.add(PATHS[source], FAULTS[self.rng.choice(OUTAGES)][0], times=None)
        yield
        faults.clear()

    def _pass(self, source: str, *, hurt: bool, crash: bool) -> None:
        def kill(counts: Any) -> None:
            if crash and self.rng.random() < 0.5:
                raise Killed

        try:
            result = self._collect(source, on_page=kill)
        except Killed:
            self.restart()
            return
        assert result.outcome == "ok" or hurt, result
        self.counts[f"outcome {result.outcome}"] += 1
        forget_deleted(self.house, source)

    def _collect(self, source: str, **options: Any) -> CollectResult:
        return collect_source(
            source,
            intake=self.house.intake,
            settings=self.settings,
            clock=self.world.clock.now,
            sleep=self.slept.append,
            rng=self.rng,
            **options,
        )

    def _deliver(self) -> None:
        """Meta repeats what was not answered with 200; every other answer is lost on its way."""
        platform = self.channels.whatsapp
        while platform.waiting:
            statuses = asyncio.run(self._post(platform.waiting))
            assert set(statuses) == {200}
            self.counts["deliveries"] += len(statuses)
            platform.waiting = [body for body in platform.waiting if self.rng.random() < 0.5]

    async def _post(self, bodies: list[bytes]) -> list[int]:
        transport = httpx.ASGITransport(self._webhook)
        async with httpx.AsyncClient(transport=transport, base_url="http://kantor") as client:
            sign = self.channels.whatsapp.sign
            answers = [client.post("/whatsapp", content=body, headers=sign(body)) for body in bodies]
            return [answer.status_code for answer in await asyncio.gather(*answers)]

    def import_rows(self, path: Path, written: list[Written]) -> None:
        """Hand over everything so far once more, as offices do."""
        rows = "".join(f"{one.token},{one.text},{one.created_at.isoformat()}\n" for one in written)
        path.write_text(f"id,text,created_at\n{rows}")
        result = import_with(self.house, path, profile="generic")
        self.counts["rows imported"] += result.rows
        self._note_seen()

    def _note_seen(self) -> None:
        for name in self.house.archive.names("posts"):
            stream = self.house.archive.stream(name)
            for entry in stream.segments():
                if entry.sequence > self._read_up_to.get(name, -1):
                    for record in stream.read(entry):
                        self._note(record)
                    self._read_up_to[name] = entry.sequence

    def _note(self, record: bytes) -> None:
        if b'"type":"post"' in record:
            post = msgspec.json.decode(record, type=Post)
            self.seen.setdefault(post.id, set()).add(f"{post.title or ''} {post.text}")

    def newest(self) -> dict[str, str]:
        """What every post in the archive reads now."""
        found: dict[str, str] = {}
        for name in self.house.archive.names("posts"):
            stream = self.house.archive.stream(name)
            for entry in stream.segments():
                for record in stream.read(entry):
                    if b'"type":"post"' in record:
                        post = msgspec.json.decode(record, type=Post)
                        found[post.id] = f"{post.title or ''} {post.text}"
        return found


def live(office: Office, happening: list[Any], *, start: datetime, end: datetime, step: timedelta) -> None:
    """Let the time pass: what happens upstream, then a round; no source is out of order twice in a row."""
    before: frozenset[str] = frozenset()
    now, waiting = start, list(happening)
    while now < end:
        now += step
        while waiting and waiting[0][0] <= now:
            at, _, what, one = waiting.pop(0)
            office.set_clock(at)
            happen(what, one, office.channels)
        office.set_clock(now)
        hurt = frozenset(
            source for source in sorted({*PATHS, "whatsapp"} - before) if office.rng.random() < 0.25
        )  # fmt: skip
        office.counts["outages"] += len(hurt)
        office.listen(hurt=hurt, crashing=0.2)
        before = hurt
