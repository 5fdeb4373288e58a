"""Gathers pages into segments, so that an archive is not made of crumbs and nothing waits long in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from sidak.intake import Stored
from sidak.models import DeadLetter, Post

MAX_PAGES = 20
MAX_POSTS = 1000


class Into(Protocol):
    """Where posts go: `sidak.intake.Intake`, or anything that keeps the same promises."""

    def cursor(self, source: str, key: str) -> Any | None: ...  # noqa: ANN401 - a cursor is the source's own JSON value

    def known(self, source: str, ids: Collection[str]) -> frozenset[str]: ...

    def store(
        self,
        source: str,
        posts: Sequence[Post],
        *,
        rejected: Sequence[DeadLetter] = (),
        cursors: Mapping[str, Any] | None = None,
    ) -> Stored: ...


class Counts(msgspec.Struct, kw_only=True):
    """How many items went which way so far."""

    fetched: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    rejected: int = 0
    unmatched: int = 0
    pages: int = 0


class Batch:
    """Pages of one source on their way into the archive; a cursor goes with its posts, never before them."""

    def __init__(self, source: str, intake: Into) -> None:
        self.counts = Counts()
        self._source = source
        self._intake = intake
        self._clear()

    def cursor(self, key: str) -> object:
        """Return a cursor as of the last commit."""
        return self._intake.cursor(self._source, key)

    def known(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of these posts are kept, or wait to be."""
        waiting = {post.id for post in self._posts}
        return self._intake.known(self._source, ids) | (waiting & set(ids))

    def add(
        self,
        posts: Sequence[Post],
        rejected: Sequence[DeadLetter],
        cursors: Mapping[str, Any],
        *,
        fetched: int,
        unmatched: int,
    ) -> None:
        """Take one page in, and commit once there is enough."""
        self.counts.fetched += fetched
        self.counts.unmatched += unmatched
        self.counts.rejected += len(rejected)
        self.counts.pages += 1
        self._posts += posts
        self._rejected += rejected
        self._cursors |= cursors
        self._pages += 1
        if self._pages >= MAX_PAGES or len(self._posts) >= MAX_POSTS:
            self.flush()

    def flush(self) -> None:
        """Commit what waits; raises StopError where the archive cannot be written."""
        if not self._pages:
            return
        stored = self._intake.store(self._source, self._posts, rejected=self._rejected, cursors=self._cursors)
        self.counts.new += stored.new
        self.counts.revised += stored.revised
        self.counts.unchanged += stored.unchanged
        self.counts.refused += stored.refused
        self._clear()

    def _clear(self) -> None:
        self._posts: list[Post] = []
        self._rejected: list[DeadLetter] = []
        self._cursors: dict[str, Any] = {}
        self._pages = 0
