"""Money is counted before it is spent, given back where nothing came, and its day's sum never passed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from collectors.budget import Budget
from collectors.clearance import load_clearances
from collectors.purse import MICRO, MONEY, Purse, in_micro, open_purse
from collectors.registry import find_source
from collectors.terms import BudgetTerms
from sidak.errors import RetryError

TERMS = find_source("x").terms
assert TERMS.cost is not None
POST, OWN_POST = in_micro(TERMS.cost.usd_per_post), in_micro(TERMS.cost.usd_per_own_post)


def spent(deployment: Any) -> int:
    terms = {MONEY: BudgetTerms(limit=1000 * MICRO, zone="UTC")}
    budget = Budget(deployment.home / "budget.db", "x", terms, clock=deployment.standins.clock.now)
    return 1000 * MICRO - budget.left(MONEY)


def allow(deployment: Any, usd: float) -> None:
    path = deployment.home / "clearance.toml"
    path.write_text(path.read_text().replace("[x]", f"[x]\nusd_per_day = {usd}", 1))


def test_a_pass_costs_what_the_posts_that_came_cost(deployment: Any) -> None:
    result = deployment.collect("x")
    assert result.outcome == "ok"
    assert 0 < spent(deployment) <= result.fetched * POST
    assert spent(deployment) % OWN_POST == 0
    assert spent(deployment) >= result.fetched * OWN_POST


def test_the_days_sum_is_not_passed_and_the_walk_goes_on_the_next_day(deployment: Any) -> None:
    allow(deployment, 0.08)
    first = deployment.collect("x")
    assert first.outcome == "retry"
    assert "usd_per_day" in first.message
    assert spent(deployment) <= 0.08 * MICRO
    before = len(deployment.standins.log)
    assert deployment.collect("x").outcome == "retry"
    assert spent(deployment) <= 0.08 * MICRO
    assert len(deployment.standins.log) - before <= 2
    assert first.until is not None
    deployment.standins.clock.set(first.until)
    assert deployment.collect("x").new > 0


def test_nothing_may_be_spent_where_the_sum_is_zero(deployment: Any) -> None:
    allow(deployment, 0.0)
    assert deployment.collect("x").outcome == "retry"
    assert len(deployment.standins.log) == 0


def test_a_refusal_costs_nothing_and_a_lost_answer_stays_paid(tmp_path: Path, deployment: Any) -> None:
    purse = open_purse(tmp_path / "budget.db", "x", TERMS, None, clock=deployment.standins.clock.now)
    with purse.pay(100) as payment:
        purse.refund(payment)
    assert spent(deployment) == 0
    with pytest.raises(ConnectionError), purse.pay(100):
        raise ConnectionError
    assert spent(deployment) == 100 * POST


def test_the_last_money_buys_a_smaller_page(deployment: Any) -> None:
    allow(deployment, 0.06)  # 12 posts of search, after the mentions
    path = deployment.home / "clearance.toml"
    path.write_text(path.read_text().replace('lanes = ["addressed", "overheard"]', 'lanes = ["overheard"]', 1))
    deployment.collect("x")
    assert int(deployment.standins.log.to("/2/tweets/search/recent")[0].query["max_results"]) == 12


def buy_all(purse: Purse, *, lookup: bool) -> int:
    bought = 0
    while True:
        try:
            with purse.pay(100, lookup=lookup) as payment:
                payment.returned = payment.posts
        except RetryError:
            return bought
        bought += payment.posts


def test_reading_leaves_the_days_lookups_their_money(tmp_path: Path, deployment: Any) -> None:
    clock = deployment.standins.clock.now
    path = tmp_path / "budget.db"
    purse = open_purse(path, "x", TERMS, None, clock=clock, kept_posts=3000)  # 4,000 look-ups: USD 20 of 25
    assert buy_all(purse, lookup=False) == 1000
    assert buy_all(purse, lookup=True) == 4000


def test_a_full_archive_does_not_end_all_listening(tmp_path: Path, deployment: Any) -> None:
    clock = deployment.standins.clock.now
    purse = open_purse(tmp_path / "budget.db", "x", TERMS, None, clock=clock, kept_posts=10**6)
    with purse.pay(100) as payment:
        assert payment.posts == 100


def test_parallel_workers_never_pass_the_days_sum(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from collectors.purse import open_purse; from collectors.registry import find_source\n"
        "from collectors.clearance import load_clearances; from sidak.errors import RetryError\n"
        "at = datetime(2026, 11, 20, tzinfo=UTC); home = Path(sys.argv[1])\n"
        "clearance = load_clearances(home / 'clearance.toml')['x']\n"
        "purse = open_purse(home / 'budget.db', 'x', find_source('x').terms, clearance, clock=lambda: at)\n"
        "posts = 0\n"
        "for turn in range(25):\n"
        "    try:\n"
        "        with purse.pay(100) as payment:\n"
        "            payment.returned = min(payment.posts, 7 * turn % 100); posts += payment.returned\n"
        "    except RetryError: pass\n"
        "print(posts)\n"
    )
    (tmp_path / "clearance.toml").write_text(
        '[x]\nlanes = []\nreference = "r"\ndeclared_by = "d"\nvalid_until = 2026-12-31\nusd_per_day = 9.0\n'
    )
    assert load_clearances(tmp_path / "clearance.toml")["x"].usd_per_day == 9.0
    workers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(4)]
    posts = sum(int(worker.communicate(timeout=120)[0]) for worker in workers)
    assert 9.0 * MICRO - LEAST_LEFT <= posts * POST <= 9.0 * MICRO


LEAST_LEFT = 4 * 100 * POST
"""What the last workers may have held back for pages that came half empty."""
