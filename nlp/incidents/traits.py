"""What grouping compares of a report: numbers and hashes, none of its words.

So the grouping's store holds no text: what is forgotten elsewhere cannot be read here.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import xxhash
from rensa import RMinHash

from nlp.areas import level_of, name_key
from nlp.normalize import normalize_text
from sidak.models import Report

PERMUTATIONS = 128
SEED = 33
SHINGLE_CHARS = 5
MAX_CHARS = 20_000
"""More of a text says no more about which incident it tells of."""
MAX_WORDS = 256
MAX_PLACES = 16

_ROAD_WORDS = frozenset({"jl", "jln", "jalan"})
_NUMBER = re.compile(r"\d+")

Hashes = frozenset[int]


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """One report as grouping sees it."""

    report_id: str
    at: float | None
    """Seconds since 1970, None where unknown."""
    category: str | None
    restricted: bool = False
    """Reports berkadar pengawasan meet only each other: no open one may bear an incident's id that tells of them."""
    area: str | None
    """Code of the area that the text supports, None where it is only assumed."""
    roads: Hashes
    landmarks: Hashes
    words: Hashes
    numbers: Hashes
    """House numbers, RT and RW, kilometres: what tells one spot from the next in the same words."""
    word_count: int
    text: int
    """Hash of the normalised text: equal for texts that are the same word by word."""
    signature: bytes
    """MinHash over five-letter pieces of the normalised text: 128 values of four bytes, little endian."""


def traits_of_report(report: Report) -> Traits:
    """Return the traits of a report."""
    area = report.location.area
    places = [(place.type, place.text) for place in report.location.places]
    return _build(
        report_id=report.id,
        at=report.post.created_at.timestamp(),
        category=report.classification.category,
        restricted=report.restricted,
        area=area.code if area is not None and area.basis != "home" else None,
        places=places,
        normalized=report.normalized.text,
    )


def traits_of_line(line: Mapping[str, Any]) -> Traits:
    """Return the traits of an analysed JSON line; raises ValueError naming the field that is wrong."""
    id, category, area = line.get("id"), line.get("category"), line.get("area")
    text = line.get("text", line.get("redacted_text"))
    if not isinstance(id, str) or not id:
        raise ValueError("field id: missing or no text")
    if not isinstance(text, str):
        raise ValueError("field redacted_text: missing or no text")  # noqa: TRY004 - the line is wrong, not the call
    if category is not None and not isinstance(category, str):
        raise ValueError("field category: no text")
    return _build(
        report_id=id,
        at=_seconds(line.get("created_at")),
        category=category,
        restricted=line.get("kind") == "misconduct",
        area=_line_area(area),
        places=_line_places(line.get("places")),
        normalized=normalize_text(text[:MAX_CHARS]).text,
    )


def _line_area(area: object) -> str | None:
    if area is None or (isinstance(area, dict) and area.get("basis") == "home"):
        return None
    code = area.get("code") if isinstance(area, dict) else None
    try:
        level_of(str(code))
    except ValueError as exc:
        raise ValueError(f"field area: {exc}") from exc
    return str(code)


def _line_places(places: object) -> list[tuple[str, str]]:
    if places is None:
        return []
    if not isinstance(places, list) or not all(isinstance(place, dict) for place in places):
        raise ValueError("field places: no list of objects")
    return [(str(place.get("type")), str(place.get("text"))) for place in places]


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as exc:
        raise ValueError("field created_at: no ISO 8601 time") from exc


def _build(
    *,
    report_id: str,
    at: float | None,
    category: str | None,
    restricted: bool,
    area: str | None,
    places: Iterable[tuple[str, str]],
    normalized: str,
) -> Traits:
    text = normalized[:MAX_CHARS]
    words = text.split()
    named = list(places)
    return Traits(
        report_id=report_id,
        at=at,
        category=category,
        restricted=restricted,
        area=area,
        roads=_hashes([_place_key(name) for type, name in named if type == "road"][:MAX_PLACES]),
        landmarks=_hashes([name_key(name) for type, name in named if type == "landmark"][:MAX_PLACES]),
        words=_hashes([word for word in words if len(word) > 2][:MAX_WORDS]),
        numbers=_hashes(_NUMBER.findall(text)[:MAX_WORDS]),
        word_count=len(words),
        text=hash64(text),
        signature=_signature(text),
    )


def _place_key(name: str) -> str:
    """Return a road's name as names are compared, without the word for road ("Jl. Mawar": "mawar")."""
    words = name_key(name).split()
    return " ".join(words[1:] if words[:1] and words[0] in _ROAD_WORDS else words)


def _hashes(names: Iterable[str]) -> Hashes:
    return frozenset(hash64(name) for name in names if name)


def hash64(name: str) -> int:
    """Return a hash that is the same on every machine and in every run."""
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "replace"))


def _signature(text: str) -> bytes:
    pieces = [text[start : start + SHINGLE_CHARS] for start in range(max(1, len(text) - SHINGLE_CHARS + 1))]
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update(pieces)
    values = array("I", minhash.digest())
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()
