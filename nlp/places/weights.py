"""The weights of all evidence for a place: log odds, set by hand and checked on complaints with known places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Log odds of each kind of evidence."""

    by_depth: tuple[float, float, float, float] = (1.5, 4.0, 2.8, 2.2)
    level_word: float = 1.6
    other_level: float = -2.5
    loose_level: float = -0.5
    everyday: float = -0.9
    cued: float = 0.3
    alone: Mapping[str, float] = field(  # one word, by its cue, of an area that nothing else speaks for
        default_factory=lambda: {
            "": -1.1,
            "capital": -0.8,
            "place": -0.5,
            "small": -0.5,
            "people": -0.5,
            "towards": -0.5,
            "denied": -0.5,
        }
    )
    beside_regency: float = -1.5  # nor, said without a level, a village of a regency's name elsewhere
    beside_province: float = -2.0  # "Bali" is the province, not the village of that name
    context: Mapping[str, float] = field(  # factors
        default_factory=lambda: {
            "free": 1.0,
            "street": 0.9,
            "road": 0.9,
            "landmark": 1.0,
            "village": 1.0,
            "hollow": 0.8,
        }
    )
    beside_kelurahan: float = 0.5  # factor for a road's name where a kelurahan is named as such
    towards: float = 0.4  # factor for where a road leads, where another place is named
    again: float = 0.3  # factor for the second mention of the same name
    home_kabkota: float = 6.0
    home_provinsi: float = 4.0
    city_over_regency: float = 0.9
    city: float = 0.6  # more people live and post in cities than in the villages of the same name
    large_city: float = 0.6
    nowhere: float = 0.8
    unlisted: float = -1.6  # told the region, a far village's name rather is a place there that no list has
    parent: float = 0.9  # factor of what the parent's own name adds to a child
    stay: float = 1.7  # somewhere else in the regency: streets bear names of other kelurahan


WEIGHTS = Weights()
