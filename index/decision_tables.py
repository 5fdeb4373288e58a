"""Where the decision ledger is kept: tables, the triggers that forbid changing history, and connections.

SQLite and PostgreSQL behave alike here: one writer at a time appends (SQLite: BEGIN IMMEDIATE, PostgreSQL: an advisory
lock held to the end of the transaction), and a commit has reached the disk when it returns.
"""

from __future__ import annotations

import os
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from sidak.errors import StopError, UsageError
from sidak.wal import use_write_ahead_log

CONNECT_SECONDS = 10
LOCK_SECONDS = 15
_LOCK_KEY = 0x5349_4441_4B01
"""Any number that nothing else in the database locks by."""

METADATA = MetaData()

# Times are ISO 8601 text and not a database's own type: what was hashed must come back to the last digit everywhere.
DECISIONS = Table(
    "decisions",
    METADATA,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("report_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    # Two records after the same one would be a fork: impossible even if a lock failed.
    UniqueConstraint("previous_hash", name="decisions_never_fork"),
    Index("decisions_by_report", "report_id", "sequence"),
)

HEADS = Table(
    "decision_head",
    METADATA,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("hash", Text, nullable=False),
)

_REFUSAL = "the decision ledger is append-only"
_SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER {name} BEFORE {what} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for name, what in (
        ("decisions_no_update", "UPDATE ON decisions"),
        ("decisions_no_delete", "DELETE ON decisions"),
        ("decision_head_no_delete", "DELETE ON decision_head"),
        ("decision_head_forward", "UPDATE ON decision_head WHEN NEW.sequence <> OLD.sequence + 1"),
    )
)
_POSTGRES_BODY = f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END"
_POSTGRES_FUNCTION = f"CREATE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {_POSTGRES_BODY} $$"
_POSTGRES_TRIGGERS = tuple(
    f"CREATE TRIGGER {name} BEFORE {what} EXECUTE FUNCTION decisions_refuse()"
    for name, what in (
        ("decisions_no_change", "UPDATE OR DELETE ON decisions FOR EACH ROW"),
        ("decisions_no_truncate", "TRUNCATE ON decisions FOR EACH STATEMENT"),
        ("decision_head_no_delete", "DELETE ON decision_head FOR EACH ROW"),
        ("decision_head_no_truncate", "TRUNCATE ON decision_head FOR EACH STATEMENT"),
        (
            "decision_head_forward",
            "UPDATE ON decision_head FOR EACH ROW WHEN (NEW.sequence <> OLD.sequence + 1)",
        ),
    )
)


def parse_address(address: str) -> URL:
    """Return the ledger's address with the driver that is installed; raises UsageError without repeating secrets."""
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise UsageError(
            "the ledger's address is not a database address; use sqlite:////path/ledger.db or postgresql://host/name"
        ) from None
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+pysqlite")
    raise UsageError(f"the ledger cannot live in {backend}: use a SQLite file or PostgreSQL")


def open_database(url: URL) -> Engine:
    """Return an engine whose transactions are durable and, where asked, exclusive; connects only when used."""
    if url.get_backend_name() == "sqlite":
        _make_private_file(url)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": _postgres_options(url)},
    )


def create_tables(connection: Connection) -> None:
    """Create tables and triggers where they are missing; the caller holds the writer's lock."""
    if inspect(connection).has_table(DECISIONS.name):
        return
    METADATA.create_all(connection)
    on_sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if on_sqlite else (_POSTGRES_FUNCTION, *_POSTGRES_TRIGGERS):
        connection.exec_driver_sql(statement)


def lock_for_append(connection: Connection) -> None:
    """Let nobody else append until this transaction ends (SQLite's BEGIN IMMEDIATE has already seen to it)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})


def _make_private_file(url: URL) -> None:
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Notes hold personal data: nobody but the deployment's own user reads the file (SQLite's side files follow it).
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as exc:
        raise StopError(
            f"{path}: the decision ledger cannot be written ({exc.strerror}); set SIDAK_HOME to a writable folder"
        ) from exc


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own; `_begin_sqlite` does
    use_write_ahead_log(connection)
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA synchronous=FULL")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sidak_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_options(url: URL) -> str:
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    return f"{options} -c lock_timeout={LOCK_SECONDS}s -c synchronous_commit=on".strip()
