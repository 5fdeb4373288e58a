"""The lexicons in nlp/data, read once: what categories are called, and the cues that say how a text is meant."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

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
    for label, texts in _read("data/signals/cues.toml").items():
        for text in texts:
            yield Phrase(label=label, category="", text=text)


def _read(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("nlp").joinpath(name).read_text(encoding="utf-8"))
