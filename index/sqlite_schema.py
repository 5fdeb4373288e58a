"""The embedded index's schema: made once, its version checked at every opening."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

from sidak.errors import StopError
from sidak.wal import use_write_ahead_log

SCHEMA_VERSION = 3
APPLICATION_ID = 0x51DA_C001
"""Tells `file` and us that this SQLite file is a sidak index."""

CACHE_KIB = 64 * 1024
"""Holds the upper pages of every B-tree of a million documents, so that a write reads little from the disk."""


class SchemaMismatchError(StopError):
    """The file is the index of another version, or no index at all."""


def prepare_connection(connection: sqlite3.Connection, path: Path) -> None:
    """Set a new connection up, make the schema in an empty file; raises SchemaMismatchError for any other one.

    In WAL mode with synchronous=NORMAL a power cut may undo the last commits, never tear the file or reorder them;
    a segment's mark is committed after its documents, so what is undone is simply published again.
    """
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
    connection.execute("PRAGMA secure_delete = ON")  # what was forgotten must not stay in free pages
    if _version(connection) == (0, 0):
        _create_schema(connection)
    application, version = _version(connection)
    if (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
        raise SchemaMismatchError(
            f"{path}: is not an index of this version of sidak (schema {version}, expected {SCHEMA_VERSION});"
            " rebuild it with `sidak reindex`"
        )


def _version(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return int(application), int(version)


def _create_schema(connection: sqlite3.Connection) -> None:
    use_write_ahead_log(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if _version(connection) == (0, 0) and tables == 0:
            for statement in _statements(files("index").joinpath("templates/sqlite.sql").read_text(encoding="utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _statements(script: str) -> list[str]:
    """Cut a script into statements (`executescript` would commit between them)."""
    found, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
