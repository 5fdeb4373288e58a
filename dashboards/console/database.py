"""The SQL database that accounts and sign-in attempts share with the decision ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from dashboards.console.errors import DatabaseDownError
from index.decision_errors import translate_errors
from index.decision_tables import lock_for_append, open_database, parse_address
from sidak.errors import RetryError

METADATA = sa.MetaData()


class Database:
    """One transaction at a time, at the ledger's address; its tables are made when it is first used."""

    def __init__(self, address: str) -> None:
        """Take a SQLAlchemy address; raises UsageError or StopError where it cannot be used."""
        self._url = parse_address(address)
        self._engine = open_database(self._url)
        self._ready = False

    @contextmanager
    def connection(self, *, writes: bool = False) -> Iterator[sa.Connection]:
        """Give a connection and commit at the end; raises DatabaseDownError or StopError in place of its own errors."""
        try:
            with translate_errors(self._url):
                if not self._ready:
                    self._create()
                options = self._engine.connect().execution_options(sidak_writes=writes)
                with options as connection, connection.begin():
                    yield connection
        except RetryError as exc:
            raise DatabaseDownError(str(exc), until=exc.until) from exc

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    def _create(self) -> None:
        with self._engine.connect().execution_options(sidak_writes=True) as connection, connection.begin():
            lock_for_append(connection)  # two processes may start at the same moment
            METADATA.create_all(connection)
        self._ready = True
