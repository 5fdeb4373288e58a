"""The only way into the archive: posts come in once, whatever is fetched twice, and a cursor comes with its posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from sidak.archive import Archive
from sidak.catalog import DEAD_LETTERS, POSTS, TOMBSTONES, Catalog
from sidak.ids import fingerprint
from sidak.models import DeadLetter, Post, Tombstone


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one batch: new + revised + unchanged + refused = posts given."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    """Posts with a tombstone: deleted once, never stored again."""
    rejected: int = 0
    """Dead letters kept for the first time."""


class Intake:
    """Stores posts, dead letters, tombstones and cursors durably and exactly once."""

    def __init__(self, archive: Archive, catalog: Catalog) -> None:
        self._archive = archive
        self._catalog = catalog

    def cursor(self, source: str, key: str) -> Any | None:  # noqa: ANN401 - a cursor is the source's own JSON value
        """Return a source's cursor as of its last durable commit."""
        return self._archive.stream(f"{POSTS}/{source}").cursor(key)

    def known(self, source: str, ids: Collection[str]) -> frozenset[str]:
        """Return which of these posts are kept, in any revision."""
        self._catalog.follow(f"{POSTS}/{source}")
        return frozenset(self._catalog.fingerprints(list(ids)))

    def store(
        self,
        source: str,
        posts: Sequence[Post],
        *,
        rejected: Sequence[DeadLetter] = (),
        cursors: Mapping[str, Any] | None = None,
    ) -> Stored:
        """Make posts and cursors durable in one commit; a post that is known and unchanged is not stored again.

        Raises StopError where the archive cannot be written; then neither posts nor cursors count.
        """
        kept_letters = self.bury(rejected)
        stream = self._archive.stream(f"{POSTS}/{source}")
        with stream.exclusive():
            self._catalog.follow(stream.name)
            self._catalog.follow(TOMBSTONES)
            fresh, stored = self._sift(posts)
            moved = {key: value for key, value in (cursors or {}).items() if stream.cursor(key) != value}
            if fresh or moved:
                stream.commit([msgspec.json.encode(post) for post in fresh], cursors=moved)
                self._catalog.follow(stream.name)
        return msgspec.structs.replace(stored, rejected=kept_letters)

    def bury(self, letters: Sequence[DeadLetter]) -> int:
        """Keep dead letters that are not kept yet; return how many that were."""
        if not letters:
            return 0
        stream = self._archive.stream(DEAD_LETTERS)
        with stream.exclusive():
            self._catalog.follow(DEAD_LETTERS)
            by_id = {letter.id: letter for letter in letters}
            known = self._catalog.known_dead_letters(list(by_id))
            fresh = [letter for id, letter in by_id.items() if id not in known]
            if fresh:
                stream.commit([msgspec.json.encode(letter) for letter in fresh])
        return len(fresh)

    def entomb(self, ids: Iterable[str], *, reason: str, at: datetime) -> int:
        """Write tombstones for ids that have none yet; return how many that were."""
        stream = self._archive.stream(TOMBSTONES)
        with stream.exclusive():
            self._catalog.follow(TOMBSTONES)
            wanted = list(dict.fromkeys(ids))
            fresh = [id for id in wanted if id not in self._catalog.tombstoned(wanted)]
            if fresh:
                stones = [
                    msgspec.convert({"type": "tombstone", "id": id, "reason": reason, "at": at}, Tombstone)
                    for id in fresh
                ]
                stream.commit([msgspec.json.encode(stone) for stone in stones])
                self._catalog.follow(TOMBSTONES)
        return len(fresh)

    def _sift(self, posts: Sequence[Post]) -> tuple[list[Post], Stored]:
        ids = [post.id for post in posts]
        known = self._catalog.fingerprints(ids)
        gone = self._catalog.tombstoned(ids)
        fresh: list[Post] = []
        new = revised = unchanged = refused = 0
        for post in posts:
            mark = fingerprint(post)
            if post.id in gone:
                refused += 1
            elif mark in known.get(post.id, ()):
                unchanged += 1
            else:
                new += post.id not in known
                revised += post.id in known
                known.setdefault(post.id, set()).add(mark)
                fresh.append(post)
        return fresh, Stored(new=new, revised=revised, unchanged=unchanged, refused=refused)
