import importlib
import logging
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sidak.errors import UsageError

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
END = START + timedelta(minutes=15)


@pytest.fixture
def tasks(monkeypatch, dags_folder):
    monkeypatch.syspath_prepend(str(dags_folder))
    return importlib.import_module("sidak_tasks")


@pytest.mark.parametrize(
    ("run_type", "window"),
    [
        ("scheduled", (None, None)),
        ("manual", (None, None)),
        ("backfill", (START, END)),
        ("asset_triggered", (None, None)),
    ],
)
def test_the_window_follows_from_how_the_run_came_about(tasks, run_type, window):
    for empty in ({}, {"since": None, "until": None}, {"since": ""}):
        assert tasks.choose_window(empty, run_type=run_type, start=START, end=END) == window


def test_what_a_person_asked_for_goes_before_everything(tasks):
    params = {"since": "2026-11-01T00:00:00+07:00", "until": None}
    since, until = tasks.choose_window(params, run_type="backfill", start=START, end=END)
    assert since == datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=7)))
    assert until is None


@pytest.mark.parametrize("value", ["kemarin", "2026-11-01", "2026-11-01T00:00:00", "2026-13-01T00:00:00Z", "\0"])
def test_a_moment_without_sense_or_zone_is_refused(tasks, value):
    with pytest.raises(UsageError, match="since="):
        tasks.parse_moment(value, name="since")


def test_progress_is_told_in_tenths(tasks, caplog):
    report = tasks.LogProgress()
    with caplog.at_level(logging.INFO):
        for done in range(1001):
            report("x", done, 1000)
        report("y", 5, 0)
    assert len([record for record in caplog.messages if record.startswith("x:")]) == 11
    assert caplog.messages[-1] == "y: 5 of unknown"


def test_a_home_region_that_is_none_stops_the_task(tasks, monkeypatch):
    monkeypatch.setenv("SIDAK_REGION", "99.99")
    with pytest.raises(UsageError, match=r"SIDAK_REGION: '99\.99' is the code of no area"):
        tasks.load_task_settings()
