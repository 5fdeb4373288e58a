"""Slows down guessing: failed sign-ins are counted per account and address, per account, and per address.

The pair has the lowest limit, so that a stranger cannot lock an inspector out of her own office. Names and addresses
are kept as keyed hashes: people type passwords into the wrong field.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

import sqlalchemy as sa

from dashboards.console.database import METADATA, Database
from sidak.clock import Clock

WINDOW_SECONDS = 15 * 60
PER_PAIR = 5
PER_ACCOUNT = 30
PER_ADDRESS = 30

_attempts = sa.Table(
    "console_sign_in_attempts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("address", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.Integer, nullable=False, index=True),
)


class Throttle:
    """Sign-in attempts that have not succeeded, of the last quarter of an hour."""

    def __init__(self, database: Database, *, key: bytes, clock: Clock) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    def admit(self, username: str, address: str) -> int:
        """Count an attempt before it is checked; return 0 where it may go on, else the seconds to wait."""
        now = int(self._clock().timestamp())
        account, place = self._hash("account", username.strip().lower()), self._hash("address", _network(address))
        with self._database.connection(writes=True) as connection:
            connection.execute(_attempts.delete().where(_attempts.c.at <= now - WINDOW_SECONDS))
            wait_seconds = max(
                _wait_seconds(
                    connection, [_attempts.c.account == account, _attempts.c.address == place], PER_PAIR, now
                ),
                _wait_seconds(connection, [_attempts.c.account == account], PER_ACCOUNT, now),
                _wait_seconds(connection, [_attempts.c.address == place], PER_ADDRESS, now),
            )
            if not wait_seconds:
                connection.execute(_attempts.insert().values(account=account, address=place, at=now))
        return wait_seconds

    def forgive(self, username: str, address: str) -> None:
        """Forget the failures of an account at an address: its owner has just signed in."""
        account, place = self._hash("account", username.strip().lower()), self._hash("address", _network(address))
        with self._database.connection(writes=True) as connection:
            connection.execute(_attempts.delete().where(_attempts.c.account == account, _attempts.c.address == place))

    def _hash(self, what: str, value: str) -> str:
        message = f"{what}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


def _wait_seconds(connection: sa.Connection, conditions: list[sa.ColumnElement[bool]], limit: int, now: int) -> int:
    """Return how long until fewer than `limit` attempts remain in the window."""
    newest = sa.select(_attempts.c.at).where(*conditions).order_by(_attempts.c.at.desc()).offset(limit - 1).limit(1)
    at = connection.execute(newest).scalar_one_or_none()
    return 0 if at is None else max(1, at + WINDOW_SECONDS - now)


def _network(address: str) -> str:
    """Return the address that a household shares: IPv6 gives everybody 2**64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address
