"""One outlet's site, asked politely: robots.txt first, a pause between requests, and never led to another machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from collectors.transport import Limits
from collectors.verdicts import AnswerError, call
from collectors.web import Web, WebAnswer
from sidak.clock import Clock
from sidak.errors import QuarantineError

ROBOT = "sidak"
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
FEED_BYTES, ARTICLE_BYTES, ROBOTS_BYTES = 8 << 20, 2 << 20, 500 << 10
REDIRECTS = 3
MOVED = frozenset({301, 302, 303, 307, 308})
ABSENT = frozenset(range(400, 429)) | frozenset(range(430, 500))
"""A robots.txt that is not there, or not for us, forbids nothing (RFC 9309)."""
Read = TypeVar("Read")


class Site:
    """Everything that is asked of one feed's site; addresses elsewhere raise QuarantineError."""

    def __init__(self, address: str, *, clock: Clock, sleep: Callable[[float], None], rng: random.Random) -> None:
        self.host = _host(address)
        self._clock = clock
        self._sleep = sleep
        self._rng = rng
        self._webs: dict[tuple[str, int], Web] = {}
        self._robots: dict[str, RobotFileParser] = {}
        self._asked = False

    def owns(self, address: str) -> bool:
        """Whether an address is one of this site's, and may be asked without a secret being heard."""
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and _host(address) == self.host

    def fetch(
        self, address: str, read: Callable[[WebAnswer], Read], *, limit: int, headers: Mapping[str, str] | None = None
    ) -> Read:
        """Return what `read` makes of the answer (304 included); raises what `verdicts.call` raises."""
        self._check_allowed(address)

        def ask() -> Read:
            asked = address
            for _ in range(REDIRECTS + 1):
                answer = self._get(asked, limit=limit, headers=headers, allow=MOVED | {304})
                if answer.status_code not in MOVED:
                    return read(answer)
                asked = urljoin(asked, answer.headers.get("location", ""))
                if not self.owns(asked):
                    raise QuarantineError(f"{address}: has moved to another site", where=address, reason="gone")
            raise QuarantineError(f"{address}: leads in circles", where=address, reason="gone")

        return call(ask, doing=address, failures=(), clock=self._clock, sleep=self._sleep, rng=self._rng)

    def _check_allowed(self, address: str) -> None:
        origin = _origin(address)
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        if not self._robots[origin].can_fetch(ROBOT, address):
            raise QuarantineError(f"{address}: robots.txt does not allow it", where=address, reason="gone")

    def _read_robots(self, origin: str) -> RobotFileParser:
        def ask() -> RobotFileParser:
            answer = self._get(f"{origin}/robots.txt", limit=FEED_BYTES, headers=None, allow=MOVED | ABSENT)
            rules = RobotFileParser()
            lines = answer.content[:ROBOTS_BYTES].decode("utf-8", "replace").splitlines()
            rules.parse(lines if answer.status_code == 200 else [])
            return rules

        doing = f"{origin}/robots.txt"
        return call(ask, doing=doing, failures=(), clock=self._clock, sleep=self._sleep, rng=self._rng)

    def _get(self, address: str, *, limit: int, headers: Mapping[str, str] | None, allow: frozenset[int]) -> WebAnswer:
        self._pause(address)
        origin = _origin(address)
        if (origin, limit) not in self._webs:
            self._webs[origin, limit] = Web(origin, limits=Limits(body_bytes=limit))
        web = self._webs[origin, limit]
        path = address[len(origin) :] or "/"
        return web.get(path, headers=headers, shown=path[:200], allow=allow)

    def _pause(self, address: str) -> None:
        """Wait before every request but the first."""
        if self._asked:
            rules = self._robots.get(_origin(address))
            wanted = rules.crawl_delay(ROBOT) if rules else None
            self._sleep(min(float(wanted or PAUSE_SECONDS), LONGEST_PAUSE_SECONDS))
        self._asked = True


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _host(address: str) -> str:
    """Return the host with its port, where `www.` makes no difference; raises AnswerError for what has none."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise AnswerError("an address cannot be read") from None
    return (parts.hostname or "").removeprefix("www.") + port
