"""The trained weights and thresholds, and the one version that names the whole pipeline."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from nlp.linear import LinearModel, read_model
from nlp.wording import WordingModel, read_wording

MODEL_DIR = Path(__file__).parent
"""Where training writes and reading reads."""


@cache
def version() -> str:
    """Return the pipeline's version, as it stands on every record."""
    return files("nlp.model").joinpath("VERSION").read_text(encoding="ascii").strip()


@cache
def threshold(name: str) -> float:
    """Return a threshold of model/thresholds.toml."""
    text = files("nlp.model").joinpath("thresholds.toml").read_text(encoding="utf-8")
    return float(tomllib.loads(text)[name])


@cache
def linear_model(name: str) -> LinearModel:
    """Return the linear model of that name: `gate`, `gate_style`, `style`, `relevance` or `relevance_letter`."""
    return read_model(files("nlp.model").joinpath(f"{name}.tsv").read_text(encoding="utf-8"))


@cache
def wording_model(name: str) -> WordingModel:
    """Return the wording model of that name: `wording_chatter` or `wording_letter`."""
    return read_wording(files("nlp.model").joinpath(f"{name}.tsv").read_text(encoding="utf-8"))
