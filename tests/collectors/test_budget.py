"""What a platform allows is counted before it is asked for, kept across runs, and never passed."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.budget import Budget
from collectors.terms import BudgetTerms
from sidak.errors import RetryError, StopError

TERMS = {
    "daily": BudgetTerms(limit=5, zone="America/Los_Angeles"),
    "rolling": BudgetTerms(limit=5, rolling_hours=24),
    "tags": BudgetTerms(limit=3, rolling_hours=168),
}


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 7, 59, tzinfo=UTC)  # one minute before midnight in Los Angeles

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def budget(tmp_path: Path, time: Time) -> Budget:
    return Budget(tmp_path / "budget.db", "uji", TERMS, clock=time)


def test_a_day_ends_at_midnight_pacific(budget: Budget, time: Time) -> None:
    for _ in range(5):
        budget.spend("daily")
    with pytest.raises(RetryError, match="used up until 2026-11-20T08:00") as caught:
        budget.spend("daily")
    assert (caught.value.until, caught.value.reason) == (datetime(2026, 11, 20, 8, tzinfo=UTC), "quota")
    time.now += timedelta(minutes=1)
    assert budget.left("daily") == 5
    time.now = datetime(2026, 3, 8, 12, tzinfo=UTC)  # the day of 23 hours
    assert budget.resets_at("daily") == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_a_rolling_stretch_forgets_hour_by_hour_and_never_too_early(budget: Budget, time: Time) -> None:
    budget.spend("rolling", 3)
    time.now += timedelta(hours=5)
    budget.spend("rolling", 2)
    time.now += timedelta(hours=18, minutes=59)
    with pytest.raises(RetryError):
        budget.spend("rolling")
    time.now += timedelta(hours=1, minutes=1)
    assert budget.left("rolling") == 3


def test_distinct_items_are_counted_once(budget: Budget, time: Time) -> None:
    assert [budget.spend_on("tags", tag) for tag in ("a", "b", "a", "c", "d", "a")] == [True] * 4 + [False, True]
    time.now += timedelta(days=6, hours=23)
    assert not budget.spend_on("tags", "d")
    time.now += timedelta(hours=1)
    assert budget.spend_on("tags", "d")


def test_another_process_knows_what_was_spent_and_sources_do_not_mix(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "budget.db"
    Budget(path, "uji", TERMS, clock=time).spend("daily", 4)
    assert Budget(path, "uji", TERMS, clock=time).left("daily") == 1
    assert Budget(path, "lain", TERMS, clock=time).left("daily") == 5


def test_parallel_workers_never_pass_the_limit(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from collectors.budget import Budget; from collectors.terms import BudgetTerms\n"
        "from sidak.errors import RetryError\n"
        "at = datetime(2026, 11, 20, tzinfo=UTC)\n"
        "budget = Budget(Path(sys.argv[1]), 'uji', {'n': BudgetTerms(limit=50, rolling_hours=1)}, clock=lambda: at)\n"
        "granted = 0\n"
        "for _ in range(30):\n"
        "    try: budget.spend('n'); granted += 1\n"
        "    except RetryError: pass\n"
        "print(granted)\n"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "budget.db")], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    assert sum(int(worker.communicate(timeout=120)[0]) for worker in workers) == 50


def test_without_a_place_to_count_nothing_is_asked(tmp_path: Path, time: Time) -> None:
    (tmp_path / "budget.db").write_bytes(b"bukan basis data" * 100)
    with pytest.raises(StopError, match="no request is made"):
        Budget(tmp_path / "budget.db", "uji", TERMS, clock=time).spend("daily")
