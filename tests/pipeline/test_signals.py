"""What is odd with a source is seen: quiet, changed fields, a web page for an answer, stretches lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.collect import CollectResult
from sidak.app import collect as collecting
from sidak.app.health import read_health
from sidak.app.house import House
from sidak.app.sources import source_overview
from sidak.errors import QuarantineError
from sidak.journal import Journal
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CLEARANCE = """
[x]
lanes = ["overheard"]
reference = "1"
declared_by = "S"
valid_until = 2026-12-31
states = { agreement = "E", offices = "I" }
"""


class Played:
    """A home whose passes come to what the test says."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (home / "clearance.toml").write_text(CLEARANCE)
        self.now = NOW
        settings = Settings(home=home, pseudonym_key="k" * 32, sources={"x": {"bearer_token": "b"}})  # type: ignore[arg-type]
        self.house = House(settings, clock=lambda: self.now)
        self._next = CollectResult(source="x")
        monkeypatch.setattr(collecting, "_collect", lambda *_, **__: self._next)

    def collect(self, fetched: int = 0, **told: Any) -> CollectResult:
        self.now += timedelta(minutes=15)
        self._next = CollectResult(source="x", fetched=fetched, new=fetched, **told)
        return collecting.collect_with(self.house, "x")

    def row(self) -> Any:
        return next(row for row in source_overview(self.house) if row.source == "x")

    def kinds(self) -> list[str]:
        return [signal.partition(":")[0] for signal in self.row().signals]


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    built = Played(tmp_path, monkeypatch)
    yield built
    built.house.close()


def test_nothing_where_there_was_always_something_is_a_warning(played: Played) -> None:
    for _ in range(12):
        assert not played.collect(3).warnings
    assert played.kinds() == []
    first, second = played.collect(0), played.collect(0)
    assert first.warnings[0].startswith("quiet: x")
    assert played.kinds() == ["quiet"]
    assert second.outcome == "ok"
    assert not played.collect(2).warnings
    assert played.kinds() == []


def test_a_source_that_often_brings_nothing_is_not_called_quiet(played: Played) -> None:
    for turn in range(30):
        assert not played.collect(turn % 3).warnings
    assert not played.collect(0).warnings
    assert played.kinds() == []


def test_a_day_without_anything_after_days_with_something_is_a_warning(played: Played) -> None:
    played.now -= timedelta(minutes=15)
    for turn in range(4 * 24 * 7):
        assert not played.collect(1 if turn % 48 == 0 else 0).warnings
    for _ in range(4 * 24 - 50):
        played.collect(0)
    assert played.kinds() == []
    for _ in range(4):
        played.collect(0)
    assert played.kinds() == ["quiet"]
    assert played.collect(0).warnings


def test_few_passes_say_nothing_yet(played: Played) -> None:
    for _ in range(5):
        played.collect(3)
    assert not played.collect(0).warnings


def test_new_fields_stay_until_a_pass_with_posts_has_none(played: Played) -> None:
    played.collect(3, unknown_fields=("edit_controls", "mood"))
    played.collect(0)
    assert played.row().signals == ("payload: fields that nobody here knows: edit_controls, mood",)
    played.collect(3)
    assert played.kinds() == []


def test_a_web_page_for_an_answer_has_its_own_signal(played: Played) -> None:
    from collectors.transport import WEB_PAGE

    played.collect(0, outcome="retry", message=f"X, x:search:1: {WEB_PAGE}")
    assert played.kinds() == ["page"]
    played.collect(1)
    assert played.kinds() == []


def test_stretches_lost_are_counted_once_and_forgotten_after_seven_days(played: Played) -> None:
    told = "gap: x:search:{}: nothing can be asked between {} and {}; recent search reaches seven days back"
    played.collect(
        1,
        warnings=(
            told.format("1", "2026-11-19T01:00+00:00", "2026-11-19T02:00+00:00"),
            told.format("2", "2026-11-19T01:30+00:00", "2026-11-19T02:30+00:00"),
            told.format("3", "2026-10-01T00:00+00:00", "2026-10-02T00:00+00:00"),
            told.format("4", "whenever", "soon"),
        ),
    )
    assert played.row().gap_minutes == 90
    assert played.kinds() == ["lost"] * 4
    played.now += timedelta(minutes=45)
    assert played.row().gap_minutes == 90 + 15
    played.now += timedelta(days=8)
    played.collect(1)
    assert played.row().gap_minutes == 0


def test_inspectors_see_it_in_their_language(played: Played) -> None:
    for _ in range(10):
        played.collect(3)
    played.collect(0)
    source = next(one for one in read_health(played.house).sources if one.source == "x")
    assert "mendadak sepi" in source.why


def test_a_journal_of_before_is_read_and_written(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE run (id INTEGER PRIMARY KEY, stage TEXT NOT NULL, source TEXT NOT NULL, "
            "started_at TEXT NOT NULL, ended_at TEXT NOT NULL, since TEXT, until TEXT, outcome TEXT NOT NULL, "
            "message TEXT NOT NULL, counts TEXT NOT NULL);"
            "INSERT INTO run VALUES (1, 'collect', 'x', '2026-11-20T01:00:00Z', '2026-11-20T01:01:00Z', NULL, NULL, "
            "'ok', '', '{}');"
        )
    database.close()
    for _ in range(2):
        journal = Journal(path)
        assert journal.runs()[0].notes == ()
        journal.close()


def test_a_page_is_named_by_both_transports() -> None:
    from collectors.transport import WireError, check_no_page
    from collectors.verdicts import build_error, judge
    from collectors.web import WebAnswer

    answer = WebAnswer(status_code=200, headers={}, content=b"\n<!DOCTYPE html><html>masuk</html>")
    with pytest.raises(WireError) as caught:
        answer.json_object()
    error = build_error(judge(caught.value, now=NOW), doing="uji")
    assert isinstance(error, QuarantineError)
    assert "a web page came instead of data" in str(error)
    check_no_page(b'{"html": "<html>"}')
