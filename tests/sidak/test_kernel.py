"""Identities, versions, settings and the journal."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidak.errors import StopError, UsageError
from sidak.ids import Pseudonymizer, document_version
from sidak.journal import Journal, Run
from sidak.loopback import is_loopback
from sidak.settings import Settings, load_settings
from sidak.wal import use_write_ahead_log

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_pseudonyms_are_stable_and_cannot_be_joined() -> None:
    here, elsewhere = Pseudonymizer(b"k" * 32), Pseudonymizer(b"l" * 32)
    assert here("x", "17") == here("x", "17")
    assert len({here("x", "17"), here("reddit", "17"), elsewhere("x", "17"), here("x", "18")}) == 4
    assert here("x", None) is None
    assert "rahasia" not in str(here("x", "sangat-rahasia-17"))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonymizer(b"short")


part = st.tuples(st.integers(0, 2**38 - 1), st.integers(0, 2**10 - 1), st.integers(0, 2**14 - 1))


@given(left=part, right=part)
def test_versions_order_as_their_parts_do_and_fit_an_int64(
    left: tuple[int, int, int], right: tuple[int, int, int]
) -> None:
    versions = [document_version(ordinal=o, revision=r, decisions=d) for o, r, d in (left, right)]
    assert (versions[0] < versions[1]) == (left < right)
    assert all(0 <= version < 2**63 for version in versions)


def test_a_part_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="revision"):
        document_version(ordinal=0, revision=2**10, decisions=0)


def test_the_home_keeps_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    key = settings.secret_key("pseudonym")
    assert key == settings.secret_key("pseudonym") != settings.secret_key("session")
    path = tmp_path / "home/keys/pseudonym.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(kept.name for kept in path.parent.iterdir()) == ["pseudonym.key", "session.key"]


def test_a_home_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StopError, match="SIDAK_HOME"):
        Settings(home=tmp_path / "file").secret_key("session")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDAK_HOME", "/srv/sidak")
    monkeypatch.setenv("SIDAK_ELASTICSEARCH__URL", "https://es.example:9200")
    monkeypatch.setenv("SIDAK_ELASTICSEARCH__PASSWORD", "kenari-7731")
    monkeypatch.setenv("SIDAK_SOURCES__X__BEARER_TOKEN", "kenari-7732")
    monkeypatch.setenv("SIDAK_REGION", "33.25")
    settings = load_settings()
    assert (settings.home, settings.region) == (Path("/srv/sidak"), "33.25")
    assert settings.credentials("x") == {"bearer_token": "kenari-7732"}
    assert settings.credentials("reddit") == {}
    assert settings.elasticsearch.password is not None
    assert settings.elasticsearch.password.get_secret_value() == "kenari-7731"
    assert "kenari-773" not in repr(settings)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDAK_INDEX", "solr")
    with pytest.raises(UsageError, match="SIDAK_INDEX"):
        load_settings()


def test_the_journal_tells_the_last_success_and_the_gap(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    assert journal.last_success(stage="collect", source="x") is None
    for minutes, outcome in ((0, "ok"), (15, "ok"), (30, "retry")):
        at = NOW + timedelta(minutes=minutes)
        journal.write(
            Run(stage="collect", source="x", started_at=at, ended_at=at, outcome=outcome, counts={"new": minutes})
        )
    assert journal.last_success(stage="collect", source="x") == NOW + timedelta(minutes=15)
    assert journal.gap_minutes(source="x", now=NOW + timedelta(minutes=40)) == 0
    assert journal.gap_minutes(source="x", now=NOW + timedelta(minutes=105)) == 60
    newest = journal.runs(stage="collect")[0]
    assert (newest.outcome, newest.counts) == ("retry", {"new": 30})


def _open_new_file(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    use_write_ahead_log(connection)
    connection.execute("CREATE TABLE IF NOT EXISTS t (x)")
    connection.close()


def test_many_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for round in range(5):
        path = tmp_path / f"{round}.db"
        workers = [context.Process(target=_open_new_file, args=(path,)) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0] * 8


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_told_by_its_addresses(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "0.0.0.0", "::", "10.0.0.1", "127.0.0.1.contoh.example", "localhost.contoh.example", "127.1", "2130706433"],
)
def test_what_may_be_another_machine_is_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)
