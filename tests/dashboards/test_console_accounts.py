"""Accounts: made from the command line, never by default, never readable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboards.console.accounts import Accounts
from dashboards.console.database import Database
from dashboards.console.passwords import Passwords
from dashboards.console.sessions import Sessions
from dashboards.console.throttle import Throttle
from sidak.errors import StopError, UsageError
from tests.support.console import KEY, PASSWORD, TickingClock


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'new' / 'ledger.db'}")
    yield opened
    opened.close()


def _accounts(database: Database, *, rounds: int = 1) -> Accounts:
    quick = Passwords(PasswordHasher(time_cost=rounds, memory_cost=8, parallelism=1))
    return Accounts(database, clock=TickingClock(), passwords=quick)


def test_a_new_deployment_has_no_account(database: Database):
    assert _accounts(database).list() == ()


def test_an_account_is_kept_without_its_password(database: Database, tmp_path: Path):
    _accounts(database).add_account("Ratna", "inspektorat", PASSWORD)
    assert [account.username for account in _accounts(database).list()] == ["ratna"]
    database.close()
    with sqlite3.connect(tmp_path / "new" / "ledger.db") as connection:
        row = connection.execute("SELECT password_hash FROM console_accounts").fetchone()
    connection.close()
    assert row[0].startswith("$argon2id$")
    assert PASSWORD not in row[0]


@pytest.mark.parametrize(
    ("username", "role", "password"),
    [
        ("r", "inspektorat", PASSWORD),
        ("ratna sari", "inspektorat", PASSWORD),
        ("ratna'--", "inspektorat", PASSWORD),
        ("ratna", "admin", PASSWORD),
        ("ratna", "inspektorat", "pendek"),
        ("ratna", "inspektorat", "p" * 257),
    ],
)
def test_what_makes_no_account_says_why(database: Database, username: str, role: str, password: str):
    with pytest.raises(UsageError) as raised:
        _accounts(database).add_account(username, role, password)
    assert password not in str(raised.value)


def test_a_name_is_taken_once(database: Database):
    accounts = _accounts(database)
    accounts.add_account("ratna", "inspektorat", PASSWORD)
    with pytest.raises(UsageError, match="exists already"):
        accounts.add_account("ratna", "analis", PASSWORD)
    assert accounts.find("ratna").role == "inspektorat"


@pytest.mark.parametrize("change", [lambda a: a.disable("siapa"), lambda a: a.set_password("siapa", PASSWORD)])
def test_an_unknown_account_cannot_be_changed(database: Database, change):
    with pytest.raises(UsageError, match="no such account"):
        change(_accounts(database))


@pytest.mark.parametrize("password", ["", "\x00", "\ud800" * 12, "x" * 100_000, PASSWORD + " "])
def test_other_passwords_do_not_fit(database: Database, password: str):
    accounts = _accounts(database)
    accounts.add_account("ratna", "inspektorat", PASSWORD)
    assert accounts.sign_in("ratna", password) is None
    assert accounts.sign_in("ratna", PASSWORD) is not None


def test_a_password_hashed_at_an_older_cost_is_hashed_anew(database: Database):
    _accounts(database, rounds=1).add_account("ratna", "inspektorat", PASSWORD)
    dearer = _accounts(database, rounds=2)
    assert dearer.sign_in("ratna", PASSWORD) is not None
    assert "t=2" in dearer._row("ratna").password_hash
    assert dearer.sign_in("ratna", PASSWORD) is not None


def test_attempts_are_kept_without_names(database: Database, tmp_path: Path):
    throttle = Throttle(database, key=KEY, clock=TickingClock())
    throttle.admit("kata-sandi-di-kolom-nama", "203.0.113.7")
    database.close()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "new").iterdir())
    assert b"kata-sandi-di-kolom-nama" not in kept
    assert b"203.0.113.7" not in kept


def test_one_household_of_ipv6_addresses_is_one_address(database: Database):
    throttle = Throttle(database, key=KEY, clock=TickingClock())
    waits = [throttle.admit("ratna", f"2001:db8::{number:x}") for number in range(6)]
    assert waits[:5] == [0] * 5
    assert waits[5] > 0


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(database: Database):
    throttle = Throttle(database, key=KEY, clock=TickingClock())
    for _ in range(10):
        throttle.admit("ratna", "203.0.113.7")
    assert throttle.admit("ratna", "198.51.100.9") == 0


@pytest.mark.postgres
def test_accounts_and_attempts_live_in_postgresql_too(postgres_url: str):
    database = Database(postgres_url)
    accounts, throttle = _accounts(database), Throttle(database, key=KEY, clock=TickingClock())
    accounts.add_account("ratna", "inspektorat", PASSWORD)
    with pytest.raises(UsageError, match="exists already"):
        accounts.add_account("ratna", "analis", PASSWORD)
    assert accounts.sign_in("ratna", PASSWORD) == accounts.find("ratna")
    accounts.end_sessions("ratna")
    assert [account.session_version for account in accounts.list()] == [2]
    assert [throttle.admit("ratna", "203.0.113.7") > 0 for _ in range(6)] == [False] * 5 + [True]
    throttle.forgive("ratna", "203.0.113.7")
    assert throttle.admit("ratna", "203.0.113.7") == 0
    database.close()


def test_a_short_session_key_is_refused():
    with pytest.raises(UsageError, match="SIDAK_SESSION_KEY"):
        Sessions(b"short", clock=TickingClock())


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StopError, match="file"):
        Database(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")
