"""A deployment's own offices and projects are found in posts and shown in the index."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sidak.app import pipeline
from sidak.app.house import House
from sidak.errors import SidakError
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
POSTS = """id,text,created_at
1,"proyek Jembatan Kali Contoh mangkrak sudah 8 bulan, jalan ke desa Subah Batang putus, tolong diperbaiki",2026-11-18
"""


def run_with(home: Path, **files: Path) -> House:
    (home.parent / "aduan.csv").write_text(POSTS)
    house = House(Settings(home=home, region="33", **files), clock=lambda: NOW)  # type: ignore[arg-type] # paths by name
    pipeline.import_with(house, home.parent / "aduan.csv", profile="generic")
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    return house


def test_a_registered_project_is_named_and_a_new_registry_reads_everything_again(tmp_path: Path) -> None:
    house = run_with(tmp_path / "home")
    before = house.engine.get("files:generic:1", include_restricted=True)
    assert before is not None
    assert before.projects == ()
    house.close()
    projects = tmp_path / "projects.csv"
    projects.write_text(
        "id,name,aliases,area_code,budget,contractor\np1,Pembangunan Jembatan Kali Contoh,Jembatan Kali Contoh,33.25,1000000000,PT Contoh\n"
    )
    house = run_with(tmp_path / "home", projects_file=projects)
    after = house.engine.get("files:generic:1", include_restricted=True)
    assert after is not None
    assert after.projects == ("Pembangunan Jembatan Kali Contoh",)
    assert after.model.startswith(before.model + "+")
    house.close()


def test_a_registry_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "offices.csv"
    wrong.write_text("id,nama\n1,Dinas\n")
    house = House(Settings(home=tmp_path / "home", offices_file=wrong), clock=lambda: NOW)
    with pytest.raises(SidakError, match=r"offices\.csv"):
        _ = house.analyzer
    gone = House(Settings(home=tmp_path / "home", offices_file=tmp_path / "nowhere.csv"), clock=lambda: NOW)
    with pytest.raises(SidakError, match=r"nowhere\.csv"):
        _ = gone.analyzer
