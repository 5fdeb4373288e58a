"""A mention: a name of areas in a text that is meant as a place, with what speaks for it."""

from __future__ import annotations

from typing import NamedTuple

from nlp.areas import area_label, level_of
from nlp.places.belief import Context, Nearness
from nlp.places.cues import Cue, Kind

_ASIDE: frozenset[Cue] = frozenset({"towards", "denied"})


class Mention(NamedTuple):
    """A name at words `first` to before `last`; `depth` is the level a word before it asks for, `opens` that word."""

    opens: int
    first: int
    last: int
    name: str
    codes: tuple[str, ...]
    depth: int | None
    kind: Kind | None
    context: Context
    cue: Cue
    near: Nearness
    everyday: float


def is_aside(mention: Mention) -> bool:
    """Whether the text is not about this place: a road leads there, somebody comes from there, or it is denied."""
    return mention.cue in _ASIDE


def names_place_itself(mention: Mention) -> bool:
    """Whether the place is named itself, not a street, nor what leads elsewhere: "warga Lontar", "SDN Lontar"."""
    return mention.context == "village" or (mention.context == "free" and not is_aside(mention))


def fits_kind(code: str, kind: Kind | None) -> bool:
    """Whether a regency or city is of the kind that the text says."""
    if kind is None or level_of(code) != "kabkota":
        return True
    return area_label(code).startswith("Kab." if kind == "Kabupaten" else "Kota")
