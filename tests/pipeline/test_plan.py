"""`sidak sources --plan`: what would be asked, what that covers and what it costs, before anything is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from typer.testing import CliRunner

from collectors.budget import Budget
from collectors.purse import open_purse
from collectors.registry import find_source
from sidak.app.cli import app
from sidak.app.house import House
from sidak.app.planning import describe_left, explain_plan, plan_queries
from sidak.journal import Run
from sidak.models import Post
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
WATCHLIST = """
issues = ["jalan rusak", "pungli"]
places = ["batang", "kendal"]
projects = ["tol contoh"]
offices = ["dinas pupr contoh"]
hashtags = ["laporbatang"]
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a plan asks nothing")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", refuse)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", refuse)
    (tmp_path / "watchlist.toml").write_text(WATCHLIST)
    built = House(Settings(home=tmp_path, pseudonym_key="k" * 32), clock=lambda: NOW)  # type: ignore[arg-type]
    yield built
    built.close()


def plan_of(house: House, source: str) -> Any:
    return next(plan for plan in plan_queries(house) if plan.source == source)


def test_every_source_that_can_be_asked_has_a_plan_without_keys_or_clearance(house: House) -> None:
    named = {plan.source for plan in plan_queries(house)}
    assert {"x", "reddit", "youtube", "facebook", "instagram", "bluesky", "mastodon", "threads", "telegram"} <= named
    assert not {"tiktok", "files", "whatsapp"} & named


def test_what_is_covered_and_what_is_not(house: House) -> None:
    x = plan_of(house, "x").coverage
    assert set(x.pairs) == {(issue, place) for issue in ("jalan rusak", "pungli") for place in ("batang", "kendal")}
    assert x.names == ("tol contoh", "dinas pupr contoh", "#laporbatang")
    mastodon = plan_of(house, "mastodon")
    assert mastodon.coverage.names == ("#laporbatang",)
    assert len(mastodon.coverage.missing) == 4
    assert any(line.startswith("not asked for: jalan rusak in batang") for line in explain_plan(mastodon))
    assert plan_of(house, "reddit").coverage.whole


def test_a_limit_of_the_platform_is_told_by_what_it_leaves_out(house: House) -> None:
    tags = ", ".join(f'"tag{number:02}"' for number in range(31))
    (house.settings.home / "watchlist.toml").write_text(f"hashtags = [{tags}]\n")
    assert "only 30 hashtags may be asked for: not #tag30" in plan_of(house, "instagram").warnings


def test_the_cost_counts_reading_and_the_lookups_of_what_is_kept(house: House) -> None:
    unknown = plan_of(house, "x")
    assert unknown.read_usd is None
    assert "is not known" in unknown.warnings[0]
    assert (unknown.limit_usd, unknown.posts_for_limit) == (25.0, 5000)
    posts = [
        Post(
            source="x", native_id=str(number), kind="post", lane="overheard", text="pungli", created_at=NOW,
            collected_at=NOW,
        )
        for number in range(300)
    ]  # fmt: skip
    house.intake.store("x", posts)
    for days in (1, 2):
        at = NOW - timedelta(days=days)
        house.journal.write(
            Run(stage="collect", source="x", started_at=at, ended_at=at, outcome="ok", counts={"fetched": 5000})
        )
    known = plan_of(house, "x")
    assert known.read_usd == pytest.approx(5000 * 0.005)
    assert known.lookup_usd_per_post == pytest.approx(0.0067, abs=0.0001)
    assert known.lookup_usd == pytest.approx(300 * 0.0067, abs=0.02)
    assert any("USD 27.00 a day, and USD 25.00 may be spent" in warning for warning in known.warnings)


def test_what_is_left_is_told_of_money_and_of_counted_limits(house: House) -> None:
    assert describe_left(house, "x") == ""
    path = house.settings.home / "budget.db"
    with open_purse(path, "x", find_source("x").terms, None, clock=house.clock).pay(100) as payment:
        payment.returned = 40
    budget = Budget(path, "instagram", find_source("instagram").terms.budgets, clock=house.clock)
    budget.spend_on("hashtags", "laporbatang")
    assert describe_left(house, "x") == "USD 24.80 / 25.00"
    assert describe_left(house, "instagram") == "hashtags 29 / 30"
    assert describe_left(house, "reddit") == ""


def test_the_command_hands_out_the_questions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDAK_HOME", str(house.settings.home))
    result = CliRunner().invoke(app, ["sources", "--plan"])
    assert result.exit_code == 0
    assert 'x\toverheard\t4\t(pungli OR "jalan rusak") (batang OR kendal) lang:in -is:retweet' in (
        result.stdout.replace('("jalan rusak" OR pungli)', '(pungli OR "jalan rusak")').replace(
            "(kendal OR batang)", "(batang OR kendal)"
        )
    )
    assert "not reviewed" in result.stderr
    path = house.settings.home / "watchlist.toml"
    path.write_text(WATCHLIST + 'reviewed_by = "Inspektur Pembantu II"\nreviewed_on = 2026-11-19\n')
    result = CliRunner().invoke(app, ["sources", "--plan", "--json"])
    plans = {plan["source"]: plan for plan in map(json.loads, result.stdout.splitlines())}
    assert {"issue": "pungli", "place": "batang"} in [
        {"issue": one["issue"], "place": one["place"]} for one in plans["x"]["covered"]
    ]
    assert "reviewed by Inspektur Pembantu II on 2026-11-19" in CliRunner().invoke(app, ["sources", "--plan"]).stderr
