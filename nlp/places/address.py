"""Addresses: what names say of one another where they follow each other ("Lontar RT 02 RW 05, Sambikerep").

A kelurahan and then its kecamatan is how addresses are written; read so, a name that both bear is no riddle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from nlp.areas import KECAMATAN, KELURAHAN
from nlp.places.cues import Asked
from nlp.places.gazetteer import Hit, load_gazetteer
from nlp.places.tokens import Tokens
from nlp.places.words import load_words

_KEPT_PAIRS = 1 << 13


def read_addresses(tokens: Tokens, hits: Sequence[Hit], asked: Sequence[Asked]) -> list[Asked]:
    """Return the level that each name is said to have, also by the name that follows it."""
    levels = list(asked)
    if len(hits) <= 1:
        return levels
    opening: Mapping[int, list[int]] = defaultdict(list)
    for at, each in enumerate(asked):
        opening[each.opens].append(at)
    for at, hit in enumerate(hits):
        for other in opening.get(_skip_neighbourhood(tokens, hit.last), ()):
            depths = _pair(hit, asked[at], hits[other], asked[other])
            if depths is not None and _are_parted(tokens, hit, hits[other]):
                levels[at] = asked[at]._replace(depth=depths[0])
                levels[other] = asked[other]._replace(depth=depths[1])
    return levels


def _pair(one: Hit, asked: Asked, other: Hit, asked_other: Asked) -> tuple[int, int] | None:
    """Return the levels of two names side by side where one lies in the other; a pair said the wrong way round too."""
    said, said_other = asked.depth, asked_other.depth
    if said_other == KELURAHAN and asked_other.opens == other.first:
        # "Lontar RT 02 Sambikerep": the number goes with the name before it
        said_other = None
    fits, turned = _lies_in(one.name, other.name), _lies_in(other.name, one.name)
    if fits and said in (None, KELURAHAN) and said_other in (None, KECAMATAN):
        return KELURAHAN, KECAMATAN
    if fits and not turned and (said, said_other) == (KECAMATAN, KELURAHAN):
        return KELURAHAN, KECAMATAN
    if turned and not fits and (said, said_other) == (KELURAHAN, KECAMATAN):
        return KECAMATAN, KELURAHAN
    return None


def has_neighbourhood(tokens: Tokens, after: int) -> bool:
    """Whether the number of a neighbourhood stands here ("RT 02"): they are numbered within a kelurahan."""
    return (
        tokens.key(after) in load_words().neighbourhood
        and tokens.key(after + 1).isdigit()
        and tokens.near(after - 1)
        and tokens.near(after)
    )


def _skip_neighbourhood(tokens: Tokens, after: int) -> int:
    """Return the next word that goes with the one before `after`, numbers of neighbourhoods skipped; -1 for none."""
    while has_neighbourhood(tokens, after):
        after += 2
    return after if tokens.near(after - 1) else -1


@lru_cache(_KEPT_PAIRS)
def _lies_in(inner: int, outer: int) -> bool:
    """Whether a kelurahan of one name lies in a kecamatan of the other."""
    codes = load_gazetteer().codes
    around = {code for code in codes[outer] if code.count(".") == KECAMATAN}
    return any(code[:8] in around for code in codes[inner] if code.count(".") == KELURAHAN)


def _are_parted(tokens: Tokens, one: Hit, other: Hit) -> bool:
    """Whether two names are two: one said twice is one ("krucil-krucil", "Baros Polsek Baros") unless an address does.

    In an address a comma or "kec." stands between.
    """
    if one.name != other.name:
        return True
    return "," in tokens.gap(one.last - 1) or tokens.key(other.first - 1) in load_words().kecamatan
