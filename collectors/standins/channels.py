"""The channels beside X and Reddit on loopback: one clock, one log, one fault plan, a server for each."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, Self

from collectors.standins.bluesky import BlueskyStandIn
from collectors.standins.clock import StandInClock
from collectors.standins.faults import FaultPlan
from collectors.standins.mastodon import MastodonStandIn
from collectors.standins.messages import RequestLog
from collectors.standins.news import NewsStandIn
from collectors.standins.server import LoopbackServer, Routes
from collectors.standins.telegram import BOT_ID, TelegramStandIn
from collectors.standins.threads import ThreadsStandIn
from collectors.standins.whatsapp import WhatsAppStandIn


class Platform(Protocol):
    """What a stand-in of a channel has."""

    def add_routes(self, routes: Routes) -> None: ...


class ChannelStandIns:
    """Runs the channels while the context lasts; empty until posts are put in through the attributes."""

    def __init__(self, *, at: datetime, secret: str) -> None:
        self.clock = StandInClock(at)
        self.log = RequestLog()
        self.faults = FaultPlan()
        self.whatsapp = WhatsAppStandIn(self.clock, app_secret=secret, access_token=secret)
        self.telegram = TelegramStandIn(self.clock, token=f"{BOT_ID}:{secret}")
        self.bluesky = BlueskyStandIn(self.clock, password=secret)
        self.mastodon = MastodonStandIn(self.clock, token=secret)
        self.news = NewsStandIn(self.clock)
        self.threads = ThreadsStandIn(self.clock, token=secret)
        platforms: dict[str, Platform] = {
            "whatsapp": self.whatsapp,
            "telegram": self.telegram,
            "bluesky": self.bluesky,
            "mastodon": self.mastodon,
            "news": self.news,
            "threads": self.threads,
        }
        self._servers = {name: self._build_server(platform) for name, platform in platforms.items()}

    def url(self, name: str) -> str:
        """Address of one channel's stand-in."""
        return self._servers[name].url

    @property
    def connections(self) -> int:
        """How many connections to any of them are open."""
        return sum(server.connections for server in self._servers.values())

    def __enter__(self) -> Self:
        for server in self._servers.values():
            server.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.stop()

    def _build_server(self, platform: Platform) -> LoopbackServer:
        routes = Routes()
        platform.add_routes(routes)
        return LoopbackServer(routes, log=self.log, faults=self.faults, clock=self.clock)
