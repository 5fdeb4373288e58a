"""Deliveries on their way into the archive: what comes together is committed together, and answered once durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from collectors.batch import Into
from collectors.enforce import hold_to_terms
from collectors.protocol import ParseContext, Query, RawPage
from collectors.registry import find_source
from collectors.whatsapp.parse import SOURCE, parse_page
from sidak.intake import Stored
from sidak.models import DeadLetter, Post

GATHER_SECONDS = 0.05
"""Deliveries within this time share a commit; Meta waits for seconds."""
QUERY = Query(id="whatsapp:webhook", source=SOURCE, lane="addressed", text="webhook")


class Tally:
    """What became of the deliveries so far, for the journal; touched by one commit at a time."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.unknown_fields: set[str] = set()

    def add(self, stored: Stored, *, fetched: int, rejected: int) -> None:
        """Count one commit in."""
        given = {"fetched": fetched, "rejected": rejected}
        given |= {name: getattr(stored, name) for name in ("new", "revised", "unchanged", "refused")}
        self.counts = {name: self.counts.get(name, 0) + count for name, count in given.items()}

    def take(self) -> dict[str, int]:
        """Return the counts since the last time."""
        taken, self.counts = self.counts, {}
        return taken


class Inbox:
    """`put` returns once what was put is durable; raises what the archive raises, and then nothing of it counts."""

    def __init__(
        self,
        intake: Into,
        context: ParseContext,
        *,
        on_deleted: Callable[[], None],
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        self.tally = Tally()
        self._intake = intake
        self._context = context
        self._terms = find_source(SOURCE).terms
        self._on_deleted = on_deleted
        self._gather_seconds = gather_seconds
        self._busy = asyncio.Lock()
        self._pages: list[RawPage] = []
        self._letters: list[DeadLetter] = []
        self._commit: asyncio.Task[None] | None = None

    async def put(self, page: RawPage) -> None:
        """Store a delivery; raises StopError or RetryError."""
        self._pages.append(page)
        await self._join()

    async def bury(self, letter: DeadLetter) -> None:
        """Keep a delivery that could not be read; raises StopError or RetryError."""
        self._letters.append(letter)
        await self._join()

    async def _join(self) -> None:
        """Wait for the commit that takes along what was just added; a sender that hangs up does not end it."""
        if self._commit is None:
            self._commit = asyncio.create_task(self._run())
        await asyncio.shield(self._commit)

    async def _run(self) -> None:
        await asyncio.sleep(self._gather_seconds)
        async with self._busy:  # whatever comes while another commit is under way joins this one
            pages, letters = self._pages, self._letters
            self._pages, self._letters, self._commit = [], [], None
            await asyncio.to_thread(self._store, pages, letters)

    def _store(self, pages: Sequence[RawPage], letters: Sequence[DeadLetter]) -> None:
        posts: list[Post] = []
        rejected = list(letters)
        for page in pages:
            parsed, _ = hold_to_terms(parse_page(page, self._context), self._terms)
            posts += parsed.posts
            rejected += parsed.rejected
            self.tally.unknown_fields.update(parsed.unknown_fields)
        stored = self._intake.store(SOURCE, posts, rejected=rejected)
        fetched = sum(len(page.items) for page in pages) + len(letters)
        self.tally.add(stored, fetched=fetched, rejected=len(rejected))
        if any(post.state != "live" for post in posts):
            self._on_deleted()
