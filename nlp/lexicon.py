"""The lexicons in nlp/data, read once: what categories are called, and the cues that say how a text is meant."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from nlp.normalize import match_form
from nlp.taxonomy import categories
from sidak.models import Kind

CATEGORY_LABELS = ("SAYS", "TOPIC", "THING", "FAULT", "ACT", "HELP")
"""Labels whose signals belong to a category; every other label is a cue of its own."""

_CATEGORY_FIELDS = {
    "says": "SAYS",
    "topics": "TOPIC",
    "things": "THING",
    "faults": "FAULT",
    "acts": "ACT",
    "helps": "HELP",
}


_ABROAD = "data/places/abroad.toml"


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase of a lexicon; `category` is empty for cues."""

    label: str
    category: str
    text: str


@cache
def phrases() -> tuple[Phrase, ...]:
    """Return all phrases of all lexicons. Raises ValueError where a file names an unknown category or field."""
    return (*_category_phrases(), *_cue_phrases())


@cache
def kind_of(category: str) -> Kind:
    """Return the kind that a category belongs to."""
    return categories()[category].kind


def _category_phrases() -> Iterator[Phrase]:
    for kind in ("damage", "misconduct", "service"):
        for category, entry in _read(f"data/categories/{kind}.toml").items():
            known = categories().get(category)
            if known is None or known.kind != kind:
                raise ValueError(f"nlp/data/categories/{kind}.toml: {category} is no category of this kind")
            for field, texts in entry.items():
                if field not in _CATEGORY_FIELDS:
                    raise ValueError(f"nlp/data/categories/{kind}.toml: {category}.{field} is no known field")
                for text in texts:
                    yield Phrase(label=_CATEGORY_FIELDS[field], category=category, text=text)


def _cue_phrases() -> Iterator[Phrase]:
    cues: dict[str, list[str]] = {**_read("data/signals/cues.toml"), **_abroad_cues()}
    for label, texts in cues.items():
        for text in texts:
            yield Phrase(label=label, category="", text=text)


def _abroad_cues() -> dict[str, list[str]]:
    """Return the names of places outside Indonesia; those that are words as well only as where something is."""
    abroad = _read(_ABROAD)
    names, phrases = abroad["names"], abroad["phrases"]
    located = [
        f"{word} {name}" for name in names["located_only"] for word in ("di", "kota", "warga", "banjir", "gempa")
    ]
    return {
        "ELSEWHERE": [*names["countries"], *names["brands"], *phrases["elsewhere"]],
        "ABROAD": [*names["places"], *located, *phrases["abroad"]],
    }


@cache
def names_abroad() -> frozenset[str]:
    """Return the names of countries and of places in them, lower case."""
    return frozenset(name for names in _read(_ABROAD)["names"].values() for name in names)


@cache
def words_around(kind: str) -> frozenset[str]:
    """Return the words that say of a name from abroad that it is `located`, `compared` or `called` so."""
    return frozenset(map(match_form, _read(_ABROAD)["around"][kind]))


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("nlp").joinpath(name).read_text(encoding="utf-8"))
