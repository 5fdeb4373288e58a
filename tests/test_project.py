"""The project tells the truth about itself: names, docs, contracts."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from collectors.registry import find_sources
from sidak.app.cli import app
from sidak.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("sidak", "collectors", "nlp", "index", "dashboards")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PACKAGES)
def test_each_top_level_name_is_provided_by_this_distribution_alone(name: str) -> None:
    assert set(importlib.metadata.packages_distributions().get(name, ["sidak"])) == {"sidak"}
    found = importlib.util.find_spec(name)
    assert found is not None
    assert Path(str(found.origin)).is_relative_to(ROOT)


@pytest.mark.parametrize("name", ["sidak", "sidak/app", "collectors", "index", "dashboards"])
def test_stage_packages_start_empty_so_that_a_dag_file_parses_in_milliseconds(name: str) -> None:
    assert (ROOT / name / "__init__.py").read_text().strip() == ""


def test_the_import_contract_names_every_module_of_the_kernel() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    named = set(contract["layers"][-1].split(" : "))
    assert named == {f"sidak.{path.stem}" for path in (ROOT / "sidak").glob("*.py") if path.stem != "__init__"}


READING = tuple(
    f"nlp/{name}"
    for name in ("components", "encoder", "evaluation", "incidents", "personal_data", "places", "teaching")
)
FOLDERS = (
    *(*PACKAGES, *READING),
    *("dags", "benchmarks", "tests", "sidak/app", "dashboards/console", "collectors/standins"),
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_has_a_readme_of_a_screen(folder: str) -> None:
    lines = (ROOT / folder / "README.md").read_text(encoding="utf-8").splitlines()
    assert 5 < len(lines) < 120


@pytest.mark.parametrize("folder", READING)
def test_each_module_of_the_reading_is_named_in_its_folder_s_readme(folder: str) -> None:
    page = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    modules = {path.name for path in (ROOT / folder).glob("*.py")} - {"__init__.py"}
    assert {name for name in modules if f"`{name}`" not in page} == set()


@pytest.mark.parametrize("source", list(find_sources()))
def test_each_source_is_named_in_the_collectors_readme(source: str) -> None:
    assert f"`{source}" in (ROOT / "collectors/README.md").read_text(encoding="utf-8")


def commands(group: typer.Typer, *, prefix: str = "") -> Iterator[str]:
    for command in group.registered_commands:
        yield f"{prefix}{command.name}"
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        yield from commands(sub.typer_instance, prefix=f"{prefix}{sub.name} ")


@pytest.mark.parametrize("name", list(commands(app)))
def test_each_command_is_in_the_readme(name: str) -> None:
    first, _, second = name.partition(" ")
    assert re.search(rf"sidak {first}\b[^`\n]*{second}", README)


def variables(model: type[BaseModel], prefix: str = "SIDAK_") -> Iterator[str]:
    for name, field in model.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from variables(nested, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


@pytest.mark.parametrize("name", list(variables(Settings)))
def test_each_setting_is_documented(name: str) -> None:
    assert f"`{name}" in (ROOT / "sidak/README.md").read_text(encoding="utf-8")


def tracked(pattern: str = "*") -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name]


def test_what_is_kept_can_be_read_but_the_encoder_s_weights() -> None:
    """A pickle or an archive hides people's texts from whoever reviews a commit."""
    hidden = [name for name in tracked() if b"\0" in (ROOT / name).read_bytes()]
    assert hidden == ["nlp/model/encoder.onnx.zst"]


def test_data_files_stand_where_data_belongs() -> None:
    """Rows of development data left in the working folder are committed by one careless `git add`."""
    homes = (
        "nlp/data/",
        "nlp/model/",
        "nlp/teaching/labels/",
        "tests/",
        "dashboards/",
        "deploy/",
        "index/",
        "sidak/",
        "collectors/",
    )
    data = {".csv", ".tsv", ".json", ".jsonl", ".txt", ".pkl", ".npy", ".npz", ".parquet", ".db", ".gz", ".zst"}
    astray = [name for name in tracked() if Path(name).suffix in data and not name.startswith(homes)]
    assert astray == []


def test_links_between_our_documents_lead_somewhere() -> None:
    broken = [
        f"{name}: {target}"
        for name in tracked("*.md")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
        if not ((ROOT / name).parent / target).exists()
    ]
    assert broken == []
