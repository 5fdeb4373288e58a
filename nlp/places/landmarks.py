"""Roads and landmarks that are known by their own name, without a head word ("Monas", "Suramadu")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nlp.places.words import read_rows


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
    return {
        name: Landmark(type="road" if type == "road" else "landmark", code=next(iter(more), ""), cued="cued" in more)
        for name, type, *more in read_rows("landmarks.tsv")
    }
