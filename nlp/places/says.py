"""What a mention says for each of the areas that bear its name: its level, its cue, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from nlp.areas import KECAMATAN, KELURAHAN, ancestors, area_label, is_in_city, is_within
from nlp.places.belief import ROADS, any_large
from nlp.places.mention import Mention, fits_kind, is_aside, names_place_itself
from nlp.places.weights import WEIGHTS

_KEPT_NAMES = 1 << 12


def strengths_of(mentions: Sequence[Mention], *, told: bool) -> list[Mapping[str, float]]:
    """Return for each mention how much it says for each of its candidates."""
    seen: set[tuple[str, int | None]] = set()
    strengths: list[Mapping[str, float]] = []
    small = [each for each in mentions if not any_large(each.codes) and not is_aside(each)]
    villages = [each for each in mentions if each.depth == KELURAHAN]
    themselves = [each for each in mentions if names_place_itself(each) and _has_village(each)]
    for mention in mentions:
        factor = WEIGHTS.context[mention.context] if mention.cue != "denied" else 0.0
        is_road = mention.context in ROADS and mention.depth is None
        if is_road and (villages or any(_rivals(mention.codes, each.codes) for each in themselves)):
            factor *= WEIGHTS.beside_kelurahan
        if mention.cue == "towards" and small and all(_rivals(mention.codes, each.codes) for each in small):
            factor *= WEIGHTS.towards
        if (mention.name, mention.depth) in seen:
            factor *= WEIGHTS.again
        seen.add((mention.name, mention.depth))
        strengths.append(_all_says(mention, factor, told=told))
    return strengths


@lru_cache(_KEPT_NAMES)
def _all_says(mention: Mention, factor: float, *, told: bool) -> Mapping[str, float]:
    """Return how much a mention says for each candidate; it says the same for all that are alike, often hundreds."""
    if any_large(mention.codes) or mention.context in ROADS or _may_be_small(mention):
        return {code: factor * _says(mention, code, told=told) for code in _of_kind(mention)}
    by_depth: dict[int, float] = {}
    says: dict[str, float] = {}
    for code in mention.codes:
        value = by_depth.get(len(code))
        if value is None:
            value = by_depth[len(code)] = factor * _says(mention, code, told=told)
        says[code] = value
    return says


def _of_kind(mention: Mention) -> tuple[str, ...]:
    """Return the candidates without the city where "Kab." is written and a regency has this name too, and so on.

    At home in the city of Semarang "Kab. Semarang" is next door.
    """
    regencies = _at_depth(mention.codes, 1)
    others = [code for code in regencies if not fits_kind(code, mention.kind)]
    if len(others) in (0, len(regencies)):
        return mention.codes
    return tuple(code for code in mention.codes if not any(is_within(code, other) for other in others))


def _says(mention: Mention, code: str, *, told: bool) -> float:
    depth = code.count(".")
    cued = mention.depth is not None or mention.cue != ""
    says = WEIGHTS.by_depth[depth] + (WEIGHTS.cued if cued else 0.0)
    if depth > 1 and mention.near == "far" and mention.depth is None and " " not in mention.name:
        says += WEIGHTS.alone[mention.cue] + (WEIGHTS.unlisted if told else 0.0)
    if depth > 1 and mention.depth is None and _at_depth(mention.codes, 0):
        says += WEIGHTS.beside_province
    if depth > 1 and mention.depth is None and _is_namesake(mention, code):
        says += WEIGHTS.beside_regency
    if mention.everyday >= 3.7 and depth > 1 and not cued:
        says += WEIGHTS.everyday
    if mention.depth is not None:
        says += _level_says(mention, code, depth)
    elif depth == 1 and area_label(code).startswith("Kota"):
        says += WEIGHTS.city_over_regency
    if mention.context in ROADS and mention.depth is None and _is_elsewhere(mention, code, depth):
        return 0.0
    if depth == KECAMATAN and _is_small(mention, code) and _has_smaller(mention, code):
        return 0.0
    return max(says, 0.0)


@lru_cache(_KEPT_NAMES)
def _at_depth(codes: tuple[str, ...], depth: int) -> tuple[str, ...]:
    return tuple(code for code in codes if code.count(".") == depth)


def _is_namesake(mention: Mention, code: str) -> bool:
    """Whether a regency or city has this name, and the area lies in none of that name."""
    regencies = _at_depth(mention.codes, 1)
    return bool(regencies) and not any(is_within(code, regency) for regency in regencies)


def _is_elsewhere(mention: Mention, code: str, depth: int) -> bool:
    """Whether a road of this name lies elsewhere: "Jl. Semarang" is in every town but Semarang.

    A road of a name that a kecamatan shares with a kelurahan of it is called after the kelurahan.
    """
    if any_large(mention.codes):
        return True
    if depth == KECAMATAN:
        return any(len(other) > len(code) and is_within(other, code) for other in mention.codes)
    return False


@lru_cache(_KEPT_NAMES)
def _rivals(codes: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two names cannot be of one place, nor of a place and what lies in it."""
    return _around(codes).isdisjoint(others) and _around(others).isdisjoint(codes)


def _around(codes: tuple[str, ...]) -> frozenset[str]:
    """Return areas and all in which they lie."""
    return frozenset(each for code in codes for each in ancestors(code))


def _has_village(mention: Mention) -> bool:
    """Whether an expected kelurahan or desa may be meant."""
    return mention.near == "regency" and bool(_at_depth(mention.codes, KELURAHAN))


def _has_smaller(mention: Mention, kecamatan: str) -> bool:
    """Whether a kelurahan of the same name lies in the regency."""
    return any(is_within(each, kecamatan[:5]) for each in _at_depth(mention.codes, KELURAHAN))


def _may_be_small(mention: Mention) -> bool:
    return mention.context == "village" or mention.cue in ("small", "people")


def _is_small(mention: Mention, kecamatan: str) -> bool:
    """Whether the words around a name say that a kelurahan is meant, not a kecamatan of that name.

    "Warga Subah" in a regency may be of any village of Subah; in a city people are of their kelurahan.
    """
    if mention.depth is not None or not _may_be_small(mention):
        return False
    return mention.cue != "people" or mention.context == "village" or is_in_city(kecamatan)


def _level_says(mention: Mention, code: str, depth: int) -> float:
    if mention.depth == depth and fits_kind(code, mention.kind):
        return WEIGHTS.level_word
    # "a kelurahan in Semarang" is often written "kelurahan Semarang"
    if depth == 1 and mention.depth in (2, 3):
        return WEIGHTS.loose_level + (WEIGHTS.city_over_regency if area_label(code).startswith("Kota") else 0.0)
    return WEIGHTS.other_level
