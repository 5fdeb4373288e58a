"""What a source is: a client that fetches pages, a pure parser, and a source.toml that says what is allowed.

Fetching knows the network and the platform's client library; parsing knows neither clock nor network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from sidak.ids import Pseudonymizer
from sidak.models import DeadLetter, Lane, Post


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The stretch of posting time to collect: from `since` (inclusive) to `until` (exclusive)."""

    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        """Whether there is any bound."""
        return self.since is not None or self.until is not None

    def holds(self, moment: datetime | None) -> bool:
        """Return whether a moment lies within; what cannot be dated is not left out."""
        if moment is None:
            return True
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One question to a platform; `id` is stable for the same canonical text, so that its cursor is found again."""

    id: str
    source: str
    lane: Lane
    text: str
    every_seconds: int = 0
    """Not to be asked more often than this, where asking is scarce."""


class RawPage(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a platform, untouched, and the cursor that may be kept once its items are durable."""

    query: Query
    items: tuple[Any, ...]
    fetched_at: datetime
    cursor_key: str
    cursor: Any
    """JSON value; committing it promises that everything up to and including this page is stored. None: keep none."""
    includes: Mapping[str, Any] = {}
    where: str = ""
    """File or endpoint, for messages."""
    at_once: bool = False
    """The next request destroys this page at the platform: it must be durable before that is made."""
    warnings: tuple[str, ...] = ()
    """What a person should know about this answer, such as a stretch of time that could not be asked for."""


class ParseContext(msgspec.Struct, frozen=True, kw_only=True):
    """What parsing needs to know from outside."""

    pseudonymize: Pseudonymizer
    allowed_remainder: frozenset[str] = frozenset()
    """Fields that may be kept as they are, from the source's terms."""


class ParsedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Posts, items that could not be read, and fields nobody expected (a platform's silent changes)."""

    posts: tuple[Post, ...]
    rejected: tuple[DeadLetter, ...] = ()
    unknown_fields: tuple[str, ...] = ()


class Client(Protocol):
    """Fetches pages of one source; raises RetryError, QuarantineError or StopError, nothing else."""

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield pages from where `cursor` stands; each page carries the cursor that holds after it."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform says of posts asked for by their native ids: how they read now, and which are no more."""

    page: RawPage
    asked: tuple[str, ...]
    """The ids that got an answer; of any other nothing is known."""
    gone: tuple[str, ...] = ()


class Rechecker(Protocol):
    """A client that can also look up stored posts; raises what Client raises."""

    def recheck(self, ids: Sequence[str]) -> Iterator[Checked]:
        """Yield what the platform says of these posts now, some at a time."""


class Parser(Protocol):
    """Maps one page to posts; pure."""

    def __call__(self, page: RawPage, context: ParseContext, /) -> ParsedPage: ...
