"""The words around personal data, from nlp/data/personal_data/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, kw_only=True)
class PersonalWords:
    """Titles before names, roles between title and name, words that are no names, parts of offices' accounts."""

    person_titles: frozenset[str]
    shared_titles: frozenset[str]
    phrases: frozenset[str]
    titles: frozenset[str]
    abbreviations: frozenset[str]
    title_starts: frozenset[str]
    roles: frozenset[str]
    not_names: frozenset[str]
    given: frozenset[str]
    office_handles: tuple[str, ...]


@lru_cache(maxsize=1)
def load_words() -> PersonalWords:
    """Read the packaged word lists once."""
    path = resources.files("nlp") / "data" / "personal_data" / "words.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return PersonalWords(
        person_titles=frozenset(data["titles"]["person"]),
        shared_titles=frozenset(data["titles"]["shared"]),
        phrases=frozenset(data["titles"]["phrases"]),
        titles=frozenset([*data["titles"]["person"], *data["titles"]["shared"]]),
        abbreviations=frozenset(data["titles"]["abbreviations"]),
        title_starts=frozenset(phrase.split()[0] for kind in data["titles"].values() for phrase in kind)
        | {"an", *data["roles"]["words"]},
        roles=frozenset(data["roles"]["words"]),
        not_names=frozenset(data["not_names"]["words"]),
        given=frozenset(data["not_names"]["given"]),
        office_handles=tuple(data["handles"]["office"]),
    )
