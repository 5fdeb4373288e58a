"""Roads and landmarks that are known by their own name, without a head word ("Monas", "Suramadu")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

_COLUMNS = 4


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """What is known by its own name; `code` is the area in which it lies, "" for none."""

    type: Literal["road", "landmark"]
    code: str
    cued: bool
    """Whether the name also means something else, so that a preposition must stand before it."""


@lru_cache(maxsize=1)
def load_landmarks() -> dict[str, Landmark]:
    """Read the packaged landmarks once, by their names."""
    text = (resources.files("nlp") / "data" / "places" / "landmarks.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    padded = (row + [""] * (_COLUMNS - len(row)) for row in rows)
    return {
        name: Landmark(type="road" if type == "road" else "landmark", code=code, cued=cue == "cued")
        for name, type, code, cue in padded
    }
