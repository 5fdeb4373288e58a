"""The words around personal data, from nlp/data/personal_data/."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_IN_PHRASES = ("nama", "inisial", "perkenalkan", "bernama")
"""One of these is in every phrase before a name, but for "a.n."."""
_NAMING = ("bernama", "namanya", "berinisial")
_LONG_PART = 6
"""Shorter parts of offices' accounts occur within persons' names as well ("rsud" in "mawarsudiarta")."""


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
    offices: frozenset[str]
    labels: frozenset[str]
    labelling: frozenset[str]
    closings: frozenset[str]
    cues: frozenset[bytes]
    label_cues: frozenset[bytes]
    given_cues: frozenset[bytes]
    name_cues: frozenset[bytes]
    untitled: frozenset[str]
    not_names: frozenset[str]
    no_names: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]
    ambiguous: frozenset[str]
    honours: frozenset[str]
    heroes: frozenset[str]
    area_cues: frozenset[str]
    dotted_area_cues: frozenset[str]
    office_handles: tuple[str, ...]
    short_office_handles: tuple[str, ...]


def _as_bytes(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words if word.isascii())


@lru_cache(maxsize=1)
def load_words() -> PersonalWords:
    """Read the packaged word lists once."""
    path = resources.files("nlp") / "data" / "personal_data" / "words.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    titles, words = data["titles"], data["names"]
    phrases = {phrase.split()[0] for phrase in titles["phrases"]}
    closings = {closing.split()[0] for closing in titles["closings"]}
    cues = {*titles["person"], *titles["shared"], *closings, *_IN_PHRASES}
    starts = {*cues, *phrases, *titles["labels"], *data["roles"]["persons"], "an"}
    return PersonalWords(
        person_titles=frozenset(titles["person"]),
        shared_titles=frozenset(titles["shared"]),
        phrases=frozenset(titles["phrases"]),
        titles=frozenset([*titles["person"], *titles["shared"]]),
        abbreviations=frozenset(titles["abbreviations"]),
        title_starts=frozenset(starts),
        roles=frozenset([*data["roles"]["persons"], *data["roles"]["offices"], *data["roles"]["titles"]]),
        offices=frozenset(data["roles"]["offices"]),
        labelling=frozenset([*titles["labels"], *(phrase.split()[-1] for phrase in titles["phrases"]), "an", *_NAMING]),
        labels=frozenset(titles["labels"]),
        closings=frozenset(titles["closings"]),
        cues=_as_bytes(cues),
        label_cues=_as_bytes(titles["labels"]),
        given_cues=_as_bytes(words["given"]),
        name_cues=_as_bytes([*words["given"], *words["family"]]),
        untitled=frozenset(data["titles"]["untitled"]),
        no_names=frozenset(
            [*data["not_names"]["words"], *data["not_names"]["area_cues"], *titles["person"], *titles["shared"]]
        )
        | {role for kind in data["roles"].values() for role in kind},
        not_names=frozenset(data["not_names"]["words"]),
        given=frozenset(words["given"]),
        family=frozenset(words["family"]),
        ambiguous=frozenset(words["ambiguous"]),
        heroes=frozenset(data["not_names"]["heroes"]),
        honours=frozenset(data["not_names"]["honours"]),
        area_cues=frozenset(data["not_names"]["area_cues"]),
        dotted_area_cues=frozenset(data["not_names"]["dotted_area_cues"]),
        office_handles=tuple(part for part in data["handles"]["office"] if len(part) >= _LONG_PART),
        short_office_handles=tuple(part for part in data["handles"]["office"] if len(part) < _LONG_PART),
    )
