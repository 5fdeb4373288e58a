"""Whether a name that no level word announces is meant as a place, by how much of an everyday word it is.

A name is believed more readily where it is expected: in the home region, or in a regency named in the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from nlp.areas import KECAMATAN, is_in_city, is_large, is_within
from nlp.places.cues import PLACE_CUES, Cue
from nlp.places.gazetteer import load_gazetteer
from nlp.places.landmarks import load_landmarks
from nlp.places.towns import is_no_other_word
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
_TOWN_CUED_ZIPF = 3.3
_TOWN_LETTERS = 6
_LETTERS = 4
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
    if everyday >= ALWAYS_CUED or len(name) <= 2 or _is_everywhere(name, context=context):
        return False
    if name in _with_other_senses():
        return cue in PLACE_CUES or context == "landmark"
    if any_large(tuple(codes)):
        return _believed_large(name, cue=cue, near=near, written=written)
    if _is_meant_as_known(name, written, context=context, cue=cue):
        return True
    return _believed_small(name, codes, everyday, context=context, cue=cue, near=near)


def _believed_small(
    name: str, codes: Sequence[str], everyday: float, *, context: Context, cue: Cue, near: Nearness
) -> bool:
    if near == "regency":
        return _believed_near(name, everyday, context=context, cue=cue)
    if near == "province":
        return _believed_in_province(name, everyday, cue=cue)
    headed = context in ("street", "road", "landmark", "village")
    if " " in name:
        return everyday < (_FAR_WORDS_CUED_ZIPF if cue in PLACE_CUES or headed else _FAR_WORDS_ZIPF)
    return len(name) >= _LETTERS and _believed_far(name, codes, everyday, cue="place" if headed else cue)


def _believed_large(name: str, *, cue: Cue, near: Nearness, written: str) -> bool:
    words = load_words()
    if name in words.acronyms and written.isupper():
        return cue in PLACE_CUES
    return name not in words.everyday_kabkota or (cue != "" and (name in words.mostly_places or near == "regency"))


def _is_everywhere(name: str, *, context: Context) -> bool:
    """Whether there is one of this name in every city: "taman Pondok Indah"."""
    return context == "hollow" and " " in name and name in _called()


@lru_cache(maxsize=1)
def _with_other_senses() -> frozenset[str]:
    """Return what people call an area or landmark by a word or a person's name: "halim", "itb"."""
    called = frozenset(alias for alias, _, cued in load_aliases() if cued)
    return called.union(name for name, each in load_landmarks().items() if each.cued and each.code)


@lru_cache(maxsize=1)
def _called() -> frozenset[str]:
    return frozenset(alias for alias, _, _ in load_aliases())


def is_known(name: str, written: str) -> bool:
    """Whether people know a name beyond its city: what they call an area, or a reviewed official name."""
    return name in _called() or load_words().is_well_known(name, written.lower())


def _is_meant_as_known(name: str, written: str, *, context: Context, cue: Cue) -> bool:
    """Whether a name is known and nothing else here: what people call an area, or with a cue an official name."""
    if name in _called() or (context == "free" and _is_part_of_city(name)):
        return True
    cued = cue in PLACE_CUES or cue == "capital" or context in ("street", "road", "landmark", "village")
    return cued and is_known(name, written)


@lru_cache(_KEPT_NAMES)
def _is_part_of_city(name: str) -> bool:
    """Whether a name is that of a regency or city with a direction: "Bekasi Timur", not "Tegal Timur"."""
    whole, _, part = name.rpartition(" ")
    gazetteer, words = load_gazetteer(), load_words()
    if part not in words.parts or whole in words.everyday_kabkota:
        return False
    return gazetteer.numbers.get(whole) in gazetteer.large


def _believed_in_province(name: str, everyday: float, *, cue: Cue) -> bool:
    if " " in name:
        return everyday < _FAR_WORDS_CUED_ZIPF
    if cue in PLACE_CUES:
        return everyday < _PROVINCE_CUED_ZIPF
    return everyday < _PROVINCE_ZIPF and len(name) >= _LETTERS


def _believed_far(name: str, codes: Sequence[str], everyday: float, *, cue: Cue) -> bool:
    if any(is_in_city(code) for code in codes):
        return everyday < (_CITY_CUED_ZIPF if cue else _FAR_ZIPF)
    if everyday < _FAR_ZIPF:
        return len(name) >= _FAR_LETTERS or cue in PLACE_CUES
    return cue in PLACE_CUES and everyday < _TOWN_CUED_ZIPF and _is_town(name, codes)


def _is_town(name: str, codes: Sequence[str]) -> bool:
    """Whether a kecamatan bears a name that is no other word's and no person's: "Cihampelas"."""
    return len(name) >= _TOWN_LETTERS and any(code.count(".") == KECAMATAN for code in codes) and is_no_other_word(name)


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
