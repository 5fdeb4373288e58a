"""Whether a name that no level word announces is meant as a place, by how much of an everyday word it is.

A name is believed more readily where it is expected: in the home region, or in a regency named in the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from nlp.areas import is_large, is_within
from nlp.places.cues import PLACE_CUES, Cue
from nlp.places.gazetteer import load_gazetteer
from nlp.places.landmarks import load_landmarks
from nlp.places.words import load_aliases, load_words

Nearness = Literal["far", "province", "regency"]
Context = Literal["free", "street", "road", "landmark", "village", "hollow"]
"""`street`: right after "Jl."; `road`: further on in a road's name; `village`: in the name of what is called after its
kelurahan; `hollow`: in a name that tells little of where."""

ROADS: frozenset[Context] = frozenset({"street", "road"})
ALWAYS_CUED = 8.0
COMMON_ZIPF = 3.7
"""From here on a word is everyday language; below, a name of the region needs no cue."""

_HEADED_ZIPF = 4.8
_PROVINCE_ZIPF = 2.5
_PROVINCE_CUED_ZIPF = 3.4
_FAR_ZIPF = 2.0
_CITY_CUED_ZIPF = 3.6
_FAR_WORDS_ZIPF = 2.5
_FAR_WORDS_CUED_ZIPF = 3.3
# Shorter unknown words are slang or names of people more often than villages.
_FAR_LETTERS = 7
_LETTERS = 4
_FIRST_CITY = "71"
_KEPT_NAMES = 1 << 13


@lru_cache(_KEPT_NAMES)
def nearness(name: int, favoured: tuple[str, ...]) -> Nearness:
    """Return how near the nearest area of a name is to those that are expected."""
    codes = load_gazetteer().codes[name]
    within = [area for area in favoured if any(is_within(code, area) for code in codes)]
    if not within:
        return "far"
    return "regency" if any("." in area for area in within) else "province"


def is_believed(
    name: str, codes: Sequence[str], everyday: float, *, context: Context, cue: Cue, near: Nearness, written: str
) -> bool:
    """Whether a name without a level word is meant as a place."""
    if everyday >= ALWAYS_CUED or len(name) <= 2:
        return False
    if name in _with_other_senses():
        return cue in PLACE_CUES or context == "landmark"
    if any_large(tuple(codes)):
        return _believed_large(name, cue=cue, near=near, written=written)
    if _is_well_known(name, cue=cue, context=context):
        return True
    if near == "regency":
        return _believed_near(name, everyday, context=context, cue=cue)
    headed = context in ("street", "road", "landmark", "village")
    if near == "province":
        return _believed_in_province(name, everyday, cue=cue)
    if " " in name:
        return everyday < (_FAR_WORDS_CUED_ZIPF if cue in PLACE_CUES or headed else _FAR_WORDS_ZIPF)
    return len(name) >= _LETTERS and _believed_far(name, codes, everyday, cue="place" if headed else cue)


def _believed_large(name: str, *, cue: Cue, near: Nearness, written: str) -> bool:
    words = load_words()
    if name in words.acronyms and written.isupper():
        return cue in PLACE_CUES
    return name not in words.everyday_kabkota or (cue != "" and (name in words.mostly_places or near == "regency"))


@lru_cache(maxsize=1)
def _with_other_senses() -> frozenset[str]:
    """Return what people call an area or landmark by a word or a person's name: "halim", "itb"."""
    called = frozenset(alias for alias, _, cued in load_aliases() if cued)
    return called.union(name for name, each in load_landmarks().items() if each.cued and each.code)


@lru_cache(maxsize=1)
def _called() -> frozenset[str]:
    return frozenset(alias for alias, _, _ in load_aliases())


def _is_well_known(name: str, *, cue: Cue, context: Context) -> bool:
    """Whether a name is known beyond its city: what people call an area, or with a cue a reviewed official name."""
    if name in _called():
        return True
    if name not in load_words().well_known:
        return is_part_of_city(name)
    return cue in PLACE_CUES or cue == "capital" or context in ("street", "road", "landmark", "village")


@lru_cache(_KEPT_NAMES)
def is_part_of_city(name: str) -> bool:
    """Whether a name is that of a regency or city with a direction: "Bekasi Timur"."""
    whole, _, part = name.rpartition(" ")
    gazetteer = load_gazetteer()
    return part in load_words().parts and gazetteer.numbers.get(whole) in gazetteer.large


def _believed_in_province(name: str, everyday: float, *, cue: Cue) -> bool:
    if " " in name:
        return everyday < _FAR_WORDS_CUED_ZIPF
    if cue in PLACE_CUES:
        return everyday < _PROVINCE_CUED_ZIPF
    return everyday < _PROVINCE_ZIPF and len(name) >= _LETTERS


def _believed_far(name: str, codes: Sequence[str], everyday: float, *, cue: Cue) -> bool:
    if any(is_in_city(code) for code in codes):
        return everyday < (_CITY_CUED_ZIPF if cue else _FAR_ZIPF)
    return everyday < _FAR_ZIPF and (len(name) >= _FAR_LETTERS or cue in PLACE_CUES)


def _believed_near(name: str, everyday: float, *, context: Context, cue: Cue) -> bool:
    if everyday < COMMON_ZIPF:
        return len(name) >= _LETTERS or cue != ""
    return cue != "" or (context != "free" and everyday < _HEADED_ZIPF)


@lru_cache(_KEPT_NAMES)
def is_rural(codes: tuple[str, ...]) -> bool:
    """Whether none of some areas is large or lies in a city."""
    return not any_large(codes) and not any(map(is_in_city, codes))


@lru_cache(_KEPT_NAMES)
def any_large(codes: tuple[str, ...]) -> bool:
    """Whether one of some areas is a province, regency or city."""
    return any(map(is_large, codes))


def is_in_city(code: str) -> bool:
    """Whether an area lies in a city: more people live and write there than in the villages of the same name."""
    return code[3:5] >= _FIRST_CITY
