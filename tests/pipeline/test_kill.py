"""SIGKILL at random moments, then the same command again: no post lost, none doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sidak.app.demo_home import furnish_home
from sidak.app.processes import standin_platforms
from sidak.clock import wall_clock

TRIALS = 30
LEAST_MIDWAY = 10
"""Fewer than this killed before they were done, and the trials prove nothing."""


@pytest.fixture
def platforms(tmp_path: Path) -> Iterator[dict[str, Any]]:
    with standin_platforms(tmp_path, scenario="jawa_tengah") as addresses:
        yield addresses


@pytest.mark.timeout(900)
def test_every_stage_survives_thirty_kills(tmp_path: Path, platforms: dict[str, Any]) -> None:
    home = tmp_path / "home"
    env = furnish_home(home, platforms, today=wall_clock().date())  # type: ignore[arg-type] # addresses as JSON gives them
    del env["SIDAK_CLOCK_FILE"]
    seed = random.SystemRandom().randrange(10**6)
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.support.kill_trials",
            "--home", str(home), "--trials", str(TRIALS), "--seed", str(seed),
        ],
        env={**os.environ, **env},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}: {done.stdout}\n{done.stderr}"
    for stage, result in json.loads(done.stdout.splitlines()[-1]).items():
        assert result["trials"] == TRIALS
        assert result["killed_midway"] >= LEAST_MIDWAY, f"seed {seed}: {stage}: {result}"
