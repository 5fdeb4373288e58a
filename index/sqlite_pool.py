"""Connections to one SQLite file, one for each thread that is busy with it, made when needed.

Which file that is, is asked each time: a rebuilt index is another file; connections to the old one are not lent again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from index.sqlite_errors import translated_errors
from index.sqlite_generations import remove_generation
from sidak.errors import SidakError, StopError

BUSY_SECONDS = 10.0

OnOpen = Callable[[sqlite3.Connection, Path], None]
_Lent = tuple[Path, sqlite3.Connection]


class Pool:
    """Lends connections; a connection is used by one thread at a time."""

    def __init__(self, locate: Callable[[], Path], *, on_open: OnOpen, busy_seconds: float = BUSY_SECONDS) -> None:
        self._locate = locate
        self._on_open = on_open
        self._busy_seconds = busy_seconds
        self._idle: list[_Lent] = []
        self._lock = Lock()
        self._open = True

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one moment of the database."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that alone may write; what it did is kept whole or not at all."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection outside of any transaction."""
        path, connection = self._take()
        with translated_errors(path):
            try:
                yield connection
            finally:
                self._give_back(path, connection)

    def close(self) -> None:
        """Close every idle connection; lent ones close when they come back."""
        with self._lock:
            self._open = False
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.lent() as connection:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _take(self) -> _Lent:
        while True:
            path = self._locate()
            connection = self._take_idle(path)
            if connection is not None:
                return path, connection
            try:
                connection = self._connect(path)
            except SidakError:
                if self._locate() == path:
                    raise
                continue
            if self._locate() == path:
                return path, connection
            # Replaced in between: opening a file that was just removed has made an empty one in its place.
            connection.close()
            remove_generation(path)

    def _take_idle(self, path: Path) -> sqlite3.Connection | None:
        with self._lock:
            self._open = True
            outdated = [connection for where, connection in self._idle if where != path]
            self._idle = [lent for lent in self._idle if lent[0] == path]
            found = self._idle.pop()[1] if self._idle else None
        for connection in outdated:
            connection.close()
        return found

    def _give_back(self, path: Path, connection: sqlite3.Connection) -> None:
        with self._lock:
            if self._open:
                self._idle.append((path, connection))
                return
        connection.close()

    def _connect(self, path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise StopError(
                f"{path.parent}: the folder of the index cannot be made ({exc.strerror});"
                " set SIDAK_HOME to a writable folder"
            ) from exc
        with translated_errors(path):
            connection = sqlite3.connect(
                path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
            )
            try:
                self._on_open(connection, path)
            except BaseException:  # an interrupt, too, must not leave the file open; it goes on from here
                connection.close()
                raise
            return connection
