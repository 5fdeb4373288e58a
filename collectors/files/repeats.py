"""Finds ids that come twice in one file with different texts, in flat memory.

The later row is kept as a revision of the earlier; whether that was meant, people must look.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

import msgspec

from sidak.errors import StopError
from sidak.models import Post


class RepeatedIds:
    """Remembers the ids of one import in a temporary database, which SQLite keeps on disk and deletes by itself."""

    def __init__(self) -> None:
        self.count = 0
        self._examples: list[str] = []
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, mark BLOB NOT NULL) WITHOUT ROWID")

    def close(self) -> None:
        """Let go of the temporary database."""
        self._database.close()

    def note(self, posts: Sequence[Post]) -> None:
        """Look at one page of posts; raises StopError where there is no room for temporary files."""
        ids = msgspec.json.encode([post.native_id for post in posts]).decode()
        try:
            known = dict(
                self._database.execute("SELECT id, mark FROM seen WHERE id IN (SELECT value FROM json_each(?))", (ids,))
            )
            for post in posts:
                mark = hashlib.blake2b(f"{post.title}\0{post.text}".encode(), digest_size=8).digest()
                if known.setdefault(post.native_id, mark) != mark:
                    self._repeated(post.native_id)
                    known[post.native_id] = mark
            self._database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", known.items())
        except sqlite3.OperationalError as exc:
            raise StopError(f"no room for temporary files ({exc}); free some space and import again") from exc

    def warnings(self, name: str) -> list[str]:
        """Return what to tell about a file's repeated ids."""
        if not self.count:
            return []
        some = ", ".join(self._examples)
        return [f"{name}: {self.count} rows repeat an id with a different text; the later row counts ({some})"]

    def _repeated(self, native_id: str) -> None:
        self.count += 1
        if len(self._examples) < 5:
            self._examples.append(native_id)
