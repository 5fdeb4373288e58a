"""The numbers of grouping, as data: thresholds, what a place is worth, and the time window of each category."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from sidak.models import AreaLevel

DAY_SECONDS = 86_400


class PlaceWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much an agreeing place says before the words are looked at."""

    named: float
    kelurahan: float
    kecamatan: float
    kabkota: float

    def of_level(self, level: AreaLevel) -> float | None:
        """Return the weight of sharing one area of a level; a whole province says nothing."""
        weights = {"kelurahan": self.kelurahan, "kecamatan": self.kecamatan, "kabkota": self.kabkota}
        return weights.get(level)


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All numbers of `nlp/data/incidents.toml`."""

    suggest: float
    confirm: float
    copy_suggest: float
    copy_confirm: float
    copy_words: int
    place: PlaceWeights
    days: dict[str, float]

    def window_seconds(self, category: str | None) -> float:
        """Return how far two reports of one incident may lie apart."""
        return self.days.get(category or "default", self.days["default"]) * DAY_SECONDS


@lru_cache(maxsize=1)
def load_rules() -> Rules:
    """Return the rules that come with the project."""
    return msgspec.toml.decode((resources.files("nlp") / "data" / "incidents.toml").read_bytes(), type=Rules)
