"""A source is a folder and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from collectors.registry import FOLDER, find_source, find_sources, load_client_builder, load_parser, load_planner
from sidak.errors import StopError, UsageError

MINIMAL = 'title = "Contoh"\nstatus = "available"\nlanes = ["overheard"]\nretention_days = 30\n'


def test_a_new_folder_is_a_new_source(tmp_path: Path) -> None:
    (tmp_path / "contoh").mkdir()
    (tmp_path / "contoh" / "source.toml").write_text(MINIMAL)
    (tmp_path / "no_source").mkdir()
    assert list(find_sources(tmp_path)) == ["contoh"]
    assert find_source("contoh", tmp_path).terms.clearance.required, "clearance is asked for unless the terms say not"


def test_every_collectable_source_has_its_modules() -> None:
    for name, source in find_sources().items():
        assert (FOLDER / name / "README.md").is_file(), name
        if source.terms.status == "available" and source.terms.way == "collect":
            assert callable(load_client_builder(name))
            assert callable(load_parser(name))
            assert callable(load_planner(name))


def test_an_unavailable_source_says_why() -> None:
    tiktok = find_source("tiktok")
    assert tiktok.terms.status == "unavailable"
    assert "Indonesian" in tiktok.terms.reason


@pytest.mark.parametrize("name", ["nitter", "../sidak", "x/../x", "", "X"])
def test_an_unknown_source_is_named_with_those_that_are(name: str) -> None:
    with pytest.raises(UsageError, match=r"there are: .*reddit"):
        find_source(name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title = 1\n", "source.toml"),
        (MINIMAL + "retension_days = 3\n", "retension_days"),
        ("title = [", "source.toml"),
        ('title = "A"\nstatus = "unavailable"\n', "must say why"),
    ],
)
def test_wrong_terms_are_named_by_file_and_field(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "contoh").mkdir()
    (tmp_path / "contoh" / "source.toml").write_text(content)
    with pytest.raises(StopError, match=said):
        find_sources(tmp_path)


def test_the_overview_loads_no_platform_library() -> None:
    code = (
        "import sys, datetime; from collectors.overview import describe_sources; from sidak.settings import Settings;"
        "describe_sources(Settings(), datetime.datetime.now(datetime.UTC));"
        "assert not {'tweepy', 'praw', 'googleapiclient', 'httpx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
