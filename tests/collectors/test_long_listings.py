"""The real libraries over many pages: broken off by a limit or a fault, gone on with later, nothing missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.standins.app import StandIns
from collectors.standins.faults import Fault
from tests.collectors.conftest import END, Deployment

POSTS = 330


def write_scenario(folder: Path) -> None:
    scenario = folder / "panjang"
    scenario.mkdir()
    rows = [f'by = "warga_{n}", ago = "{n * 20 + 5}m", truth = "report jalan_rusak"' for n in range(POSTS)]
    x = [f'{{ {row}, text = "jalan rusak di batang nomor {n}" }},' for n, row in enumerate(rows)]
    reddit = [f'{{ {row}, sub = "semarang", title = "jalan rusak {n}", text = "isi" }},' for n, row in enumerate(rows)]
    for platform, lines in (("x", x), ("reddit", reddit)):
        body = "\n".join(lines)
        (scenario / f"{platform}.toml").write_text(f'platform = "{platform}"\nposts = [\n{body}\n]\n')


@pytest.fixture(params=["tweet", "post"])
def long_run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    write_scenario(tmp_path)
    with StandIns(end=END, scenario="panjang", folder=tmp_path, x_spelling=request.param) as standins:
        home = tmp_path / "home"
        home.mkdir()
        deployment = Deployment(home, standins)
        yield deployment
        deployment.catalog.close()


def kept(deployment: Deployment, source: str) -> list[str]:
    stream = deployment.archive.stream(f"posts/{source}")
    return [json.loads(record)["native_id"] for segment in stream.segments() for record in stream.read(segment)]


@pytest.mark.parametrize("source", ["x", "reddit"])
def test_all_pages_once(long_run: Any, source: str) -> None:
    result = long_run.collect(source)
    assert result.outcome == "ok", result.message
    ids = kept(long_run, source)
    assert len(ids) == len(set(ids)) == POSTS
    assert result.pages > 3
    assert not result.unknown_fields


def test_x_goes_on_below_what_a_rate_limit_left(long_run: Any) -> None:
    standins = long_run.standins
    standins.x.set_rate_limit(2)
    first = long_run.collect("x")
    assert first.outcome == "retry"
    assert first.new == 200
    assert first.until == END + timedelta(minutes=15)
    standins.clock.set(first.until)
    standins.x.set_rate_limit(450)
    standins.log.clear()
    second = long_run.collect("x")
    assert second.outcome == "ok"
    ids = kept(long_run, "x")
    assert len(ids) == len(set(ids)) == POSTS
    searches = standins.log.to("/2/tweets/search/recent")
    assert "until_id" in searches[0].query, "it does not pay for the first pages again"
    assert second.fetched < 2 * (POSTS - 200)


@pytest.mark.parametrize("source", ["x", "reddit"])
@pytest.mark.parametrize("kind", ["reset", "truncated", "html"])
def test_a_fault_in_the_middle_keeps_what_came_before(long_run: Any, source: str, kind: Any) -> None:
    standins = long_run.standins
    path = {"x": "/2/tweets/search/recent", "reddit": "/r/"}[source]
    answered = 0
    take = standins.faults.take

    def fail_from_the_third(asked: str) -> Fault | None:
        nonlocal answered
        answered += asked.startswith(path)
        return Fault(kind=kind) if asked.startswith(path) and answered > 2 else take(asked)

    standins.faults.take = fail_from_the_third
    hurt = long_run.collect(source)
    assert hurt.outcome == "retry"
    assert hurt.new == len(kept(long_run, source)) == 200
    standins.faults.take = take
    healed = long_run.collect(source)
    assert healed.outcome == "ok"
    ids = kept(long_run, source)
    assert len(ids) == len(set(ids)) == POSTS


def test_a_walk_longer_than_a_run_goes_on_in_the_next(long_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.x.client.PAGES_A_RUN", 2)
    first = long_run.collect("x")
    assert first.new == 200
    assert any("the next pass goes on" in warning for warning in first.warnings)
    long_run.collect("x")
    ids = kept(long_run, "x")
    assert len(ids) == len(set(ids)) == POSTS
