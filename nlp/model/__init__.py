"""The trained weights and thresholds, and the one version that names the whole pipeline."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from nlp.linear import LinearModel, read_model
from nlp.wording import WordingModel, read_wording

MODEL_DIR = Path(__file__).resolve().parent
"""Where training writes and reading reads."""
_instead: list[Path] = []


def use_models(folder: Path) -> None:
    """Read what lies in a folder instead of what is shipped: for measuring, and before anything is read."""
    _instead[:] = [folder]


def is_shipped() -> bool:
    """Tell whether what is read lies where training writes by default."""
    return all(each.resolve() == MODEL_DIR for each in _instead)


def model_file(name: str) -> Path:
    """Return where a file of the models lies: in the folder in use, else as shipped."""
    return next((each / name for each in _instead if (each / name).is_file()), MODEL_DIR / name)


@cache
def version() -> str:
    """Return the pipeline's version, as it stands on every record."""
    return model_file("VERSION").read_text(encoding="ascii").strip()


@cache
def threshold(name: str) -> float:
    """Return a threshold of model/thresholds.toml."""
    text = model_file("thresholds.toml").read_text(encoding="utf-8")
    return float(tomllib.loads(text)[name])


@cache
def linear_model(name: str) -> LinearModel:
    """Return the linear model of that name: `gate`, `gate_style`, `style`, `relevance` or `relevance_letter`."""
    return read_model(model_file(f"{name}.tsv").read_text(encoding="utf-8"))


@cache
def wording_model(name: str) -> WordingModel:
    """Return the wording model of that name: `wording_chatter`, `wording_letter` or `wording_style`."""
    return read_wording(model_file(f"{name}.tsv").read_text(encoding="utf-8"))
