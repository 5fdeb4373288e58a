"""The people who may sign in: created from the command line only, none by default, passwords as argon2id hashes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import cast

import msgspec
import sqlalchemy as sa

from dashboards.console.database import METADATA, Database
from dashboards.console.passwords import Passwords
from dashboards.console.roles import RIGHTS, Role
from sidak.clock import Clock
from sidak.errors import UsageError

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")

_accounts = sa.Table(
    "console_accounts",
    METADATA,
    sa.Column("username", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("password_hash", sa.String(256), nullable=False),
    sa.Column("session_version", sa.Integer, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person's account; a session is good only while it carries the same `session_version`."""

    username: str
    role: Role
    session_version: int
    disabled: bool
    created_at: datetime


class Accounts:
    """The accounts of one database."""

    def __init__(self, database: Database, *, clock: Clock, passwords: Passwords | None = None) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords or Passwords()

    def add_account(self, username: str, role: str, password: str) -> Account:
        """Create an account; raises UsageError for a wrong name, role or password, or a name that is taken."""
        name = _valid_name(username)
        if role not in RIGHTS:
            raise UsageError(f"no such role: {role!r}; the roles are {', '.join(RIGHTS)}")
        row = {
            "username": name,
            "role": role,
            "password_hash": self._passwords.hash(password),
            "session_version": 1,
            "disabled": False,
            "created_at": self._clock(),
        }
        with self._database.connection(writes=True) as connection:
            try:
                connection.execute(_accounts.insert().values(row))
            except sa.exc.IntegrityError:
                raise UsageError(f"the account {name!r} exists already") from None
        return self._required(name)

    def set_password(self, username: str, password: str) -> None:
        """Replace a password and end every session of the account; raises UsageError for an unknown account."""
        self._change(_valid_name(username), password_hash=self._passwords.hash(password))

    def disable(self, username: str) -> None:
        """Close an account and end its sessions; it keeps its name, so that the ledger stays readable."""
        self._change(_valid_name(username), disabled=True)

    def list(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        with self._database.connection() as connection:
            rows = connection.execute(sa.select(_accounts).order_by(_accounts.c.username)).all()
        return tuple(_account(row) for row in rows)

    def find(self, username: str) -> Account | None:
        """Return an account that may be used now, or None."""
        row = self._row(username)
        return None if row is None or row.disabled else _account(row)

    def sign_in(self, username: str, password: str) -> Account | None:
        """Return the account if name and password fit; takes as long for a name that does not exist."""
        row = self._row(username.strip().lower()[:64])
        stored = None if row is None or row.disabled else cast("str", row.password_hash)
        if not self._passwords.verify(stored, password) or row is None:
            return None
        if self._passwords.outdated(row.password_hash):
            self._rehash(row.username, password)
        return _account(row)

    def end_sessions(self, username: str) -> None:
        """Make every session of an account invalid, everywhere and at once."""
        self._change(username)

    def _rehash(self, username: str, password: str) -> None:
        fresh = self._passwords.hash(password)
        with self._database.connection(writes=True) as connection:
            connection.execute(_accounts.update().where(_accounts.c.username == username).values(password_hash=fresh))

    def _change(self, username: str, **values: object) -> None:
        statement = (
            _accounts.update()
            .where(_accounts.c.username == username)
            .values(session_version=_accounts.c.session_version + 1, **values)
        )
        with self._database.connection(writes=True) as connection:
            changed = connection.execute(statement).rowcount
        if not changed:
            raise UsageError(f"no such account: {username!r}")

    def _required(self, username: str) -> Account:
        row = self._row(username)
        if row is None:
            raise UsageError(f"no such account: {username!r}")
        return _account(row)

    def _row(self, username: str) -> sa.Row[tuple[object, ...]] | None:
        if USERNAME.fullmatch(username) is None:
            return None
        with self._database.connection() as connection:
            return connection.execute(sa.select(_accounts).where(_accounts.c.username == username)).one_or_none()


def _valid_name(username: str) -> str:
    name = username.strip().lower()
    if USERNAME.fullmatch(name) is None:
        raise UsageError(
            f"{username!r} is no account name: use 2 to 64 of a-z 0-9 . _ - and begin with a letter or digit"
        )
    return name


def _account(row: sa.Row[tuple[object, ...]]) -> Account:
    created_at = cast("datetime", row.created_at)
    if created_at.tzinfo is None:  # SQLite keeps no time zone
        created_at = created_at.replace(tzinfo=UTC)
    return Account(
        username=cast("str", row.username),
        role=cast("Role", row.role),
        session_version=cast("int", row.session_version),
        disabled=bool(row.disabled),
        created_at=created_at,
    )
