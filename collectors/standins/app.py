"""The stand-ins together: one scenario, one clock, one log, one fault plan, all platforms on loopback."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from collectors.standins.clock import StandInClock
from collectors.standins.control import add_control_routes
from collectors.standins.faults import FaultPlan
from collectors.standins.graph import GraphStandIn
from collectors.standins.messages import RequestLog
from collectors.standins.reddit import RedditStandIn
from collectors.standins.scenario import SCENARIOS_FOLDER, load_scenario
from collectors.standins.server import LoopbackServer, Routes
from collectors.standins.world import World
from collectors.standins.x import XStandIn
from collectors.standins.x_ids import user_id
from collectors.standins.x_wire import Spelling
from collectors.standins.youtube import YoutubeStandIn


class Platform(Protocol):
    """One platform's endpoints."""

    def add_routes(self, routes: Routes) -> None:
        """Put them into a route table."""


OFFICE_HANDLE = "InspektoratUji"
"""The invented account of the office that citizens address."""


class StandIns:
    """Runs the platforms while the context lasts.

    The scenario ends at `end`; the clock starts there too and is set or advanced through `clock`. Addresses are
    `x_url`, `reddit_url` and so on; `log` holds every request, `faults` the misbehaviour asked for.
    """

    def __init__(
        self,
        *,
        end: datetime,
        scenario: str = "jawa_tengah",
        folder: Path = SCENARIOS_FOLDER,
        ticking: bool = False,
        x_spelling: Spelling = "tweet",
    ) -> None:
        self.end = end
        self._watchlist = folder / f"{scenario}.watchlist.toml"
        self.clock = StandInClock(end, ticking=ticking)
        self.items = load_scenario(scenario, end=end, folder=folder)
        self.log = RequestLog()
        self.faults = FaultPlan()
        self.x = XStandIn(World(self.items, platform="x", clock=self.clock), spelling=x_spelling)
        self.reddit = RedditStandIn(World(self.items, platform="reddit", clock=self.clock))
        self.youtube = YoutubeStandIn(World(self.items, platform="youtube", clock=self.clock))
        self.graph = GraphStandIn(
            World(self.items, platform="facebook", clock=self.clock),
            World(self.items, platform="instagram", clock=self.clock),
            office=OFFICE_HANDLE,
        )
        platforms = (self.x, self.reddit, self.youtube, self.graph)
        self._servers = [self._build_server(platform) for platform in platforms]

    @property
    def x_url(self) -> str:
        """Address of the X stand-in, to be used for https://api.twitter.com."""
        return self._servers[0].url

    @property
    def reddit_url(self) -> str:
        """Address of the Reddit stand-in, for both https://www.reddit.com and https://oauth.reddit.com."""
        return self._servers[1].url

    @property
    def youtube_url(self) -> str:
        """Address of the YouTube stand-in, for https://youtube.googleapis.com."""
        return self._servers[2].url

    @property
    def graph_url(self) -> str:
        """Address of the Graph stand-in, for https://graph.facebook.com."""
        return self._servers[3].url

    @property
    def watchlist_path(self) -> Path:
        """What the scenario's invented office listens for, in the form of a deployment's `watchlist.toml`."""
        return self._watchlist

    @property
    def office_id(self) -> str:
        """X account id of the office whose mentions are collected."""
        return user_id(OFFICE_HANDLE)

    def start(self) -> None:
        """Begin to answer on all addresses."""
        for server in self._servers:
            server.start()

    def stop(self) -> None:
        """Stop all and free their ports."""
        for server in self._servers:
            server.stop()

    def describe(self) -> dict[str, str]:
        """Addresses and facts that a program on the outside needs."""
        return {
            "x_url": self.x_url,
            "reddit_url": self.reddit_url,
            "clock_url": f"{self.x_url}/_standin/clock",
            "watchlist": str(self.watchlist_path),
            "office_handle": OFFICE_HANDLE,
            "office_id": self.office_id,
            "scenario_end": self.end.isoformat(),
        }

    @property
    def connections(self) -> int:
        """How many connections to any of them are open."""
        return sum(server.connections for server in self._servers)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _build_server(self, platform: Platform) -> LoopbackServer:
        routes = Routes()
        platform.add_routes(routes)
        add_control_routes(routes, clock=self.clock)
        return LoopbackServer(routes, log=self.log, faults=self.faults, clock=self.clock)
