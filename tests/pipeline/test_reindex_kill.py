"""SIGKILL at random moments of a rebuild: search sees nothing of it, and the next run goes on where it was."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from sidak.app import pipeline
from sidak.app.house import House
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.elasticsearch import remove_deployment

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SEGMENTS, ROWS = 8, 5
TRIALS = 6


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield Settings(home=tmp_path / "home", region="33")
        return
    server = ElasticsearchSettings(
        url=request.getfixturevalue("elasticsearch_url"), prefix=f"sidak-kill-{uuid4().hex[:12]}"
    )
    yield Settings(home=tmp_path / "home", region="33", index="elasticsearch", elasticsearch=server)
    with Elasticsearch(server.url) as admin:
        left = remove_deployment(admin, server.prefix)
    assert len(left) == 3  # nothing of all the killed ones


@pytest.mark.timeout(900)
def test_a_rebuild_survives_kills_and_keeps_its_progress(settings: Settings, tmp_path: Path) -> None:
    house = House(settings, clock=lambda: AT)
    for segment in range(SEGMENTS):
        source = tmp_path / "aduan.csv"
        lines = (
            f'{segment}-{row},"jalan RT {row} RW {segment} Subah Batang rusak parah tolong diperbaiki",2026-11-18\n'
            for row in range(ROWS)
        )
        source.write_text("id,text,created_at\n" + "".join(lines))
        pipeline.import_with(house, source, profile="generic")
    pipeline.enrich_with(house)
    assert pipeline.publish_with(house).segments == SEGMENTS
    house.close()
    env = {
        "SIDAK_HOME": str(settings.home), "SIDAK_REGION": "33", "SIDAK_INDEX": settings.index,
        "SIDAK_ELASTICSEARCH__URL": settings.elasticsearch.url,
        "SIDAK_ELASTICSEARCH__PREFIX": settings.elasticsearch.prefix,
    }  # fmt: skip
    seed = random.SystemRandom().randrange(10**6)
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.kill_reindex", "--trials", str(TRIALS), "--seed", str(seed)],
        env={**os.environ, **env}, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}: {done.stdout}\n{done.stderr}"
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed_midway"] >= 1, f"seed {seed}: {found}"
