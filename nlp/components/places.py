"""Places: the areas, roads and landmarks a text names, the one area they support, and whether one could go there.

`placed` means that a person could go there, as readers of such posts judge it: a road, a landmark or an area smaller
than a province is named, "Jakarta" or "Jogja", or the source itself knows the kelurahan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from spacy.language import Language

from nlp.areas import ancestors, level_of
from nlp.coordinates import Around, locate_area
from nlp.findings import Findings, Step
from nlp.places.belief import ROADS
from nlp.places.hints import hinted_area
from nlp.places.mention import Mention
from nlp.places.mentions import find_mentions
from nlp.places.named import Named, name_roads_and_landmarks
from nlp.places.persons import without_persons
from nlp.places.resolve import Resolved, resolve
from nlp.places.tokens import Tokens, split_words
from nlp.places.weights import WEIGHTS
from nlp.places.words import load_words
from sidak.models import Area, Lane, Location, Place, PlaceHint

MODEL = "places-7"

_HINT_ODDS = {
    "shared_location": 5.0,
    "platform_geo": 5.0,
    "platform_place": 4.0,
    "declared": 4.0,
    "container": 2.0,
}
_HINT_PROBABILITY = {
    "shared_location": 0.9,
    "platform_geo": 0.85,
    "platform_place": 0.75,
    "declared": 0.8,
    "container": 0.6,
}
_HOME_PROBABILITY = 0.7
# Below this a name is more likely no place at all; it is not shown.
_SHOWN_MIN = 0.15
_ENDING_MIN = 4


def locate(
    text: str, *, region: str | None = None, hint: PlaceHint | None = None, lane: Lane = "overheard"
) -> Location:
    """Find all places of a text and the most specific area they support.

    `region` is the home region's code; it settles which of several places of a name is meant, and posts addressed
    to its office are about it unless they say otherwise.
    """
    tokens = split_words(text)
    hinted = hinted_area(hint, region=region)
    known = [code for code in (region, hinted and hinted.code) if code and ancestors(code)]
    named = name_roads_and_landmarks(text)
    mentions = without_persons(tokens, find_mentions(tokens, named, favoured=known))
    resolved = resolve(mentions, prior=_prior(region, hinted, hint))
    area = _area(resolved) or _fallback(region, hinted, hint, lane)
    places = _places(tokens, named, mentions, resolved)
    placed = _is_placed(tokens, area, places, mentions)
    return Location(model=MODEL, placed=placed, places=places, area=area)


def _prior(region: str | None, hinted: Around | None, hint: PlaceHint | None) -> Mapping[str, float]:
    prior: dict[str, float] = {}
    if region and ancestors(region):
        prior[region] = WEIGHTS.home_kabkota if "." in region else WEIGHTS.home_provinsi
    if hinted and hint:
        prior[hinted.code] = max(prior.get(hinted.code, 0.0), _HINT_ODDS[hint.basis] * hinted.probability)
    return prior


def _area(resolved: Resolved) -> Area | None:
    if resolved.code is None:
        return None
    return _area_at(resolved.code, round(resolved.probability, 4), "text")


def _fallback(region: str | None, hinted: Around | None, hint: PlaceHint | None, lane: Lane) -> Area | None:
    """Without a place in the text: where the source says, else the home region of a post addressed to its office."""
    if hinted and hint:
        return _area_at(hinted.code, round(_HINT_PROBABILITY[hint.basis] * hinted.probability, 4), "hint")
    if lane == "addressed" and region and ancestors(region):
        return _area_at(region, _HOME_PROBABILITY, "home")
    return None


def _area_at(code: str, probability: float, basis: Literal["text", "hint", "home"]) -> Area:
    lat, lon, precision = locate_area(code) or (None, None, None)
    level = level_of(code)
    return Area(code=code, level=level, probability=probability, basis=basis, lat=lat, lon=lon, precision=precision)


def _is_placed(tokens: Tokens, area: Area | None, places: Sequence[Place], mentions: Sequence[Mention]) -> bool:
    known = (area is not None and area.level == "kelurahan") or any(place.level != "provinsi" for place in places)
    return known or any(_is_city(tokens, each) for each in mentions)


def _is_city(tokens: Tokens, mention: Mention) -> bool:
    """Whether a province is named as the city that it is to those who live there: "Jakarta", "Jogja".

    In one word with others it is part of another name: "#JogjaMaju".
    """
    if mention.depth is not None or mention.name not in load_words().city_provinces:
        return False
    return mention.last == len(tokens) or tokens.gap(mention.last - 1) != ""


def _places(
    tokens: Tokens, named: Sequence[Named], mentions: Sequence[Mention], resolved: Resolved
) -> tuple[Place, ...]:
    found = [_span(tokens, each.first, each.last, type=each.type) for each in named]
    for index, mention in enumerate(mentions):
        if mention.context in ROADS and mention.depth is None:
            # "Jl. Surabaya" is a road, and seldom in Surabaya
            if _is_street(tokens, mention, named):
                found.append(_span(tokens, mention.first, mention.last, type="road"))
            continue
        code, probability, alternatives, is_place = resolved.chosen[index]
        if is_place < _SHOWN_MIN:
            continue
        place = _span(tokens, mention.opens, mention.last, type="area")
        found.append(
            Place(
                text=place.text,
                start=place.start,
                end=place.end,
                type="area",
                code=code,
                level=level_of(code),
                probability=probability,
                alternatives=alternatives,
            )
        )
    return tuple(sorted(found, key=lambda place: (place.start, -place.end)))


def _is_street(tokens: Tokens, mention: Mention, named: Sequence[Named]) -> bool:
    """Whether an area's name is a street's that no head word opens: "Manggarai Selatan", not "Sentul 7 November"."""
    if any(each.first < mention.last and mention.first < each.last for each in named) or _is_province(mention):
        return False
    ending = tokens.key(mention.last)
    return mention.context == "street" or (ending.isalpha() and len(ending) >= _ENDING_MIN)


def _is_province(mention: Mention) -> bool:
    return any(level_of(code) == "provinsi" for code in mention.codes)


def _span(tokens: Tokens, first: int, last: int, *, type: str) -> Place:
    start, end = tokens.starts[first], tokens.ends[last - 1]
    return Place(text=tokens.text[start:end], start=start, end=end, type=type)  # type: ignore[arg-type]


class Places(Step):
    """Writes the location; reads region, place hint and lane."""

    def read(self, found: Findings) -> None:
        """Find the places."""
        found.location = locate(found.text, region=found.region, hint=found.place_hint, lane=found.lane)


@Language.factory("sidak_places")
def make_places(nlp: Language, name: str) -> Places:  # noqa: ARG001  (spaCy hands every factory its pipeline)
    """Build the component; spaCy calls this."""
    return Places()
