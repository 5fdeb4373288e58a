"""Which texts the encoder learnt from, and what it made of those that it did not: for training and evaluation."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from statistics import fmean

from nlp.teaching.devdata import plain

SCORES_FILE = "encoder_scores.tsv"
_VOTES = {"1": 1.0, "0": 0.0, "?": 0.5}


def is_taught(text: str) -> bool:
    """Tell whether a text of the background streams was there to learn from: half of them are kept for measuring."""
    return zlib.crc32(plain(text).encode()) % 2 == 0


def read_shares(labels: Path) -> dict[str, float]:
    """Return, by key, the share of its readers who called a text a report; an unsure one counts one half."""
    rows = [line.split("\t") for line in labels.read_text(encoding="utf-8").splitlines() if line]
    return {row[0]: fmean(_VOTES[vote] for vote in row[4]) for row in rows}


def read_scores() -> dict[str, float]:
    """Return the encoder's log odds out of fold, by the key of each labelled tweet (`devdata.label_key`)."""
    text = files("nlp.model").joinpath(SCORES_FILE).read_text(encoding="ascii")
    return {key: float(score) for key, score in (line.split("\t") for line in text.splitlines())}


def write_scores(scores: Mapping[str, float]) -> str:
    """Return scores as the text of their file."""
    return "".join(f"{key}\t{score:.3f}\n" for key, score in sorted(scores.items()))
