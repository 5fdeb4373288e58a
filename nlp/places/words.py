"""The words around place names, from nlp/data/places/."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from nlp.areas import LEVELS


@dataclass(frozen=True, kw_only=True)
class Heads:
    """Words that open the name of a road or landmark; `alone` ones need no name, `weak` ones one that is known."""

    sure: frozenset[str]
    maybe: frozenset[str]
    alone: frozenset[str]
    weak: frozenset[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """All of them."""
        return self.sure | self.maybe | self.weak


@dataclass(frozen=True, kw_only=True)
class PlaceWords:
    """All word lists; `levels` maps a word to the depth of the area named after it (0 provinsi to 3 kelurahan)."""

    levels: Mapping[str, int]
    kabupaten: frozenset[str]
    kota: frozenset[str]
    kecamatan: frozenset[str]
    short_levels: frozenset[str]
    said_after: frozenset[str]
    officials: frozenset[str]
    near: frozenset[str]
    chatter: frozenset[str]
    beside: frozenset[str]
    others: frozenset[str]
    at_or_title: frozenset[str]
    neighbourhood: frozenset[str]
    towards: frozenset[str]
    between: frozenset[str]
    origins: frozenset[str]
    goals: frozenset[str]
    intentions: frozenset[str]
    elsewhere: frozenset[str]
    origin_people: frozenset[str]
    denied: frozenset[str]
    links: frozenset[str]
    small: frozenset[str]
    people: frozenset[str]
    road: Heads
    street_heads: frozenset[str]
    road_endings: frozenset[str]
    landmark: Heads
    village: frozenset[str]
    hollow: frozenset[str]
    head_starts: frozenset[str]
    spots: frozenset[str]
    """The words that open a landmark's name and stand right before it."""
    inside: frozenset[str]
    sizes: frozenset[str]
    stop: frozenset[str]
    parts: frozenset[str]
    well_known: frozenset[str]
    everyday_kabkota: frozenset[str]
    mostly_places: frozenset[str]
    never: frozenset[str]
    colloquial: frozenset[str]
    acronyms: frozenset[str]
    tag_openings: tuple[str, ...]
    tag_endings: tuple[str, ...]
    short_forms: Mapping[str, tuple[str, ...]]
    short_endings: Mapping[str, tuple[str, ...]]
    large_cities: frozenset[str]
    directions: frozenset[str]
    city_provinces: frozenset[str]

    def is_well_known(self, name: str, written: str) -> bool:
        """Tell whether people know an area by its official name, or by that which is written here."""
        return not self.well_known.isdisjoint((name, written))


@lru_cache(maxsize=1)
def load_words() -> PlaceWords:
    """Read the packaged word lists once."""
    data = tomllib.loads(read_data("words.toml"))
    road, landmark = _heads(data["road"]), _heads(data["landmark"])
    return PlaceWords(
        levels={word: depth for depth, level in enumerate(LEVELS) for word in data["levels"][level]},
        short_levels=frozenset(data["kind"]["short"]),
        said_after=frozenset(data["kind"]["said_after"]),
        officials=frozenset(data["kind"]["officials"]),
        kabupaten=frozenset(data["kind"]["kabupaten"]),
        kota=frozenset(data["kind"]["kota"]),
        kecamatan=frozenset(data["kind"]["kecamatan"]),
        near=frozenset(data["near"]["words"]),
        chatter=frozenset(data["near"]["chatter"]),
        beside=frozenset(data["near"]["beside"]),
        others=frozenset([*data["near"]["persons"], *data["near"]["dishes"]]),
        at_or_title=frozenset(data["near"]["at_or_title"]),
        neighbourhood=frozenset(data["near"]["neighbourhood"]),
        towards=frozenset(data["near"]["towards"]),
        between=frozenset(data["near"]["between"]),
        origins=frozenset(data["near"]["origins"]),
        goals=frozenset(data["near"]["goals"]),
        intentions=frozenset(data["near"]["intentions"]),
        elsewhere=frozenset(data["near"]["elsewhere"]),
        origin_people=frozenset(data["near"]["origin_people"]),
        denied=frozenset(data["near"]["denied"]),
        links=frozenset(data["near"]["links"]),
        small=frozenset(data["near"]["small"]),
        people=frozenset(data["near"]["people"]),
        road=road,
        street_heads=frozenset(data["road"]["street_heads"]),
        road_endings=frozenset(data["road"]["endings"]),
        landmark=landmark,
        village=frozenset(data["landmark"]["village"]),
        hollow=frozenset(data["landmark"]["hollow"]),
        head_starts=frozenset(head.split()[0] for heads in (road, landmark) for head in heads.all),
        spots=frozenset(head.split()[-1] for head in landmark.all),
        inside=frozenset(data["tail"]["inside"]),
        sizes=frozenset(data["tail"]["sizes"]),
        stop=frozenset(data["tail"]["stop"]),
        parts=frozenset(data["everyday"]["parts"]),
        well_known=frozenset(data["everyday"]["well_known"]),
        everyday_kabkota=frozenset(data["everyday"]["kabkota"]),
        mostly_places=frozenset(data["everyday"]["mostly_places"]),
        never=frozenset(data["everyday"]["never"]),
        colloquial=frozenset(data["everyday"]["colloquial"]),
        acronyms=frozenset(data["everyday"]["acronyms"]),
        tag_openings=tuple(data["tags"]["openings"]),
        tag_endings=tuple(data["tags"]["endings"]),
        short_forms={long: tuple(short) for long, short in data["short_forms"].items()},
        short_endings={long: tuple(short) for long, short in data["short_endings"].items()},
        city_provinces=frozenset(data["size"]["city_provinces"]),
        directions=frozenset(data["size"]["directions"]),
        large_cities=frozenset(data["size"]["large_cities"]),
    )


@lru_cache(maxsize=1)
def load_aliases() -> tuple[tuple[str, str, bool], ...]:
    """Read what people call an area: name, code, and whether the name also means something else."""
    return tuple((alias, code, "cued" in more) for alias, code, *more in read_rows("aliases.tsv"))


def read_rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a packaged table, comments left out."""
    return (line.split("\t") for line in read_data(name).splitlines() if line and not line.startswith("#"))


def read_data(name: str) -> str:
    """Return the text of a packaged file of words or names."""
    return (resources.files("nlp") / "data" / "places" / name).read_text(encoding="utf-8")


def _heads(table: Mapping[str, Any]) -> Heads:
    return Heads(
        sure=frozenset(table["sure"]),
        maybe=frozenset(table["maybe"]),
        alone=frozenset(table.get("alone", ())),
        weak=frozenset(table.get("weak", ())),
    )
