"""What becomes of a ledger that somebody changes behind our back, and of one that cannot be written."""

import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError

from index.decision_chain import Head
from index.decision_tables import lock_for_append
from index.decisions import Ledger
from sidak.errors import IntegrityError, RetryError, StopError

AT = datetime(2026, 11, 20, tzinfo=UTC)
STEPS = ("verifikasi", "telaah", "disposisi", "koordinasi", "tindak_lanjut")
TRIGGERS = ("decisions_no_update", "decisions_no_delete", "decision_head_no_delete", "decision_head_forward")


def write_steps(ledger, report_id="x:1"):
    state = "diterima"
    for step in STEPS:
        ledger.decide(report_id, step, expected_state=state, actor="sari", note=f"ke {step}", at=AT)
        state = step


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger(f"sqlite:///{path}") as ledger:
        write_steps(ledger)
    return path


def tamper(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)


def verify(path, **options):
    with Ledger(f"sqlite:///{path}") as ledger:
        return ledger.verify(**options)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE decisions SET note = 'lain' WHERE sequence = 3", r"record 3 \(report x:1\) was altered"),
        ("UPDATE decisions SET actor = 'budi' WHERE sequence = 1", r"record 1 \(report x:1\) was altered"),
        ("UPDATE decisions SET at = '2026-11-20' WHERE sequence = 2", "record 2 was altered"),
        ("UPDATE decisions SET at = '2026-11-20T00:00:00Z' WHERE sequence = 2", "record 2 was altered"),
        ("UPDATE decisions SET to_state = 'beres' WHERE sequence = 2", "record 2 was altered"),
        ("UPDATE decisions SET note = x'00ff' WHERE sequence = 4", "record 4 was altered"),
        ("DELETE FROM decisions WHERE sequence = 2", "record 2 is missing"),
        ("DELETE FROM decisions WHERE sequence = 1", "record 1 is missing"),
        ("DELETE FROM decisions WHERE sequence > 3", "record 4 was cut off"),
        ("DELETE FROM decisions", "record 1 was cut off"),
        ("DELETE FROM decision_head", "record 1 was cut off or added by hand"),
    ],
)
def test_the_first_broken_record_is_named(path, statement, message):
    tamper(path, statement)
    with pytest.raises(IntegrityError, match=message):
        verify(path)


def test_reordered_records_are_named(path):
    swap = (
        "UPDATE decisions SET sequence = 99 WHERE sequence = 2",
        "UPDATE decisions SET sequence = 2 WHERE sequence = 3",
        "UPDATE decisions SET sequence = 3 WHERE sequence = 99",
    )
    tamper(path, *swap)
    with pytest.raises(IntegrityError, match=r"record 2 .*was altered"):
        verify(path)


def test_a_cut_hidden_in_the_database_shows_against_a_head_kept_elsewhere(path):
    kept = verify(path)
    tamper(
        path,
        "DELETE FROM decisions WHERE sequence = 5",
        "UPDATE decision_head SET sequence = 4, hash = (SELECT hash FROM decisions WHERE sequence = 4)",
    )
    assert verify(path).sequence == 4, "the chain alone cannot show this, as its documentation says"
    with pytest.raises(IntegrityError, match=r"record 5 with hash .* was there once"):
        verify(path, kept=kept)


def test_a_ledger_that_grew_still_holds_the_kept_head(path):
    kept = verify(path)
    with Ledger(f"sqlite:///{path}") as ledger:
        write_steps(ledger, "x:2")
        assert ledger.verify(kept=kept).sequence == 10
        assert ledger.verify(kept=Head()).sequence == 10


def test_nothing_is_added_to_a_ledger_that_was_cut(path):
    tamper(path, "DELETE FROM decisions WHERE sequence = 5")
    with Ledger(f"sqlite:///{path}") as ledger, pytest.raises(IntegrityError, match="5 records were written"):
        ledger.decide("x:2", "spam", expected_state="diterima", actor="sari", note="", at=AT)


HISTORY_CHANGES = (
    "UPDATE decisions SET note = 'lain'",
    "DELETE FROM decisions",
    "DELETE FROM decision_head",
    "UPDATE decision_head SET sequence = 1",
)


@pytest.mark.parametrize("statement", HISTORY_CHANGES)
def test_sqlite_itself_refuses_to_change_history(path, statement):
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)


@pytest.mark.postgres
def test_postgres_itself_refuses_to_change_history(postgres_url):
    with Ledger(postgres_url) as ledger:
        write_steps(ledger)
        engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
        for statement in (*HISTORY_CHANGES, "TRUNCATE decisions", "TRUNCATE decision_head"):
            with engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
                connection.exec_driver_sql(statement)
        engine.dispose()
        assert ledger.verify().sequence == len(STEPS)


@pytest.mark.postgres
def test_postgres_altered_by_its_owner_is_noticed(postgres_url):
    with Ledger(postgres_url) as ledger:
        write_steps(ledger)
        engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE decisions DISABLE TRIGGER ALL")
            connection.exec_driver_sql("UPDATE decisions SET actor = 'budi' WHERE sequence = 4")
        engine.dispose()
        with pytest.raises(IntegrityError, match="record 4"):
            ledger.verify()


def test_notes_do_not_reach_other_users_of_the_machine(path):
    assert path.stat().st_mode & 0o077 == 0


def test_a_ledger_that_is_no_database(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_text("bukan basis data " * 100)
    with pytest.raises(IntegrityError, match=r"ledger\.db is not a database"):
        verify(path)


def test_a_home_that_cannot_hold_a_ledger(tmp_path):
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(StopError, match=r"home/ledger\.db: the decision ledger cannot be written"):
        Ledger(f"sqlite:///{tmp_path / 'home' / 'ledger.db'}")


def test_a_locked_ledger_asks_for_patience(path, monkeypatch):
    monkeypatch.setattr("index.decision_tables.LOCK_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Ledger(f"sqlite:///{path}") as ledger:
        ledger.head()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RetryError, match="locked by another writer"):
            ledger.decide("x:9", "spam", expected_state="diterima", actor="sari", note="RAHASIA", at=AT)
        other.execute("ROLLBACK")
        assert ledger.decide("x:9", "spam", expected_state="diterima", actor="sari", note="", at=AT).sequence == 6


@pytest.mark.postgres
def test_a_locked_postgres_ledger_asks_for_patience(postgres_url, monkeypatch):
    monkeypatch.setattr("index.decision_tables.LOCK_SECONDS", 1)
    other = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with Ledger(postgres_url) as ledger:
        ledger.head()
        with other.begin() as connection:
            lock_for_append(connection)
            with pytest.raises(RetryError, match="locked by another writer"):
                ledger.decide("x:9", "spam", expected_state="diterima", actor="sari", note="", at=AT)
        assert ledger.decide("x:9", "spam", expected_state="diterima", actor="sari", note="", at=AT).sequence == 1
    other.dispose()


def test_a_database_server_that_is_down_does_not_show_the_password():
    with Ledger("postgresql://sidak:rahasia@127.0.0.1:1/sidak") as ledger:
        with pytest.raises(RetryError, match=r"127\.0\.0\.1, database sidak does not answer") as caught:
            ledger.head()
        assert "rahasia" not in str(caught.value)


@pytest.mark.postgres
def test_a_database_that_does_not_exist_needs_a_person(postgres_url):
    with Ledger(postgres_url + "_none") as ledger, pytest.raises(StopError, match="does not exist"):
        ledger.head()


@pytest.mark.postgres
def test_a_user_without_rights_needs_a_person(postgres_url):
    engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "ALTER DATABASE " + str(engine.url.database) + " SET default_transaction_read_only=on"
        )
    engine.dispose()
    with Ledger(postgres_url) as ledger, pytest.raises(StopError, match="read-only"):
        ledger.head()


def test_what_was_answered_survives_a_kill(tmp_path):
    """A child decides until it is killed; every decision that it reported is there, and the chain is whole."""
    program = textwrap.dedent("""
        import sys
        from datetime import UTC, datetime
        from index.decisions import Ledger
        ledger = Ledger(sys.argv[1])
        number = 0
        while True:
            number += 1
            ledger.decide(f"x:{number}", "spam", expected_state="diterima", actor="sari", note="", at=datetime.now(UTC))
            print(number, flush=True)
    """)
    address = f"sqlite:///{tmp_path / 'ledger.db'}"
    child = subprocess.Popen(
        [sys.executable, "-c", program, address], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    try:
        reported = [int(child.stdout.readline()) for _ in range(20)]
    finally:
        child.kill()
        rest = child.communicate()[0]
    reported += [int(line) for line in rest.splitlines()]
    with Ledger(address) as ledger:
        assert ledger.verify().sequence in {reported[-1], reported[-1] + 1}
