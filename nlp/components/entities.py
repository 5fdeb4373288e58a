"""Entities: the offices and projects of the registries that a text names, as whole words, well or badly spelt.

Where several offices bear a name, the one whose area holds the text's area is meant; where that is not known,
the kind of office (without area) stands in, and otherwise none is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, DoubleArrayAhoCorasick
from spacy.language import Language

from nlp.areas import is_within
from nlp.components.spelling import Mender, other_spellings
from nlp.findings import Findings, Step
from nlp.places.tokens import Tokens, split_words
from nlp.registries import Office, Project, load_default_offices, load_offices, load_projects
from sidak.models import Entities, NamedThing

MODEL = "entities-2"
_SHORTEST_MISSPELT = 6

Thing = Office | Project


class _Automaton(Protocol):
    def find(self, haystack: bytes, /) -> list[tuple[int, int, int]]: ...


class NameMatcher:
    """Finds the things of one registry by name or alias; of overlapping names the first and longest counts.

    Names are also known joined ("satpolpp"), shortened ("din perhubungan") and with one letter wrong.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        by_spelling: dict[bytes, list[Thing]] = defaultdict(list)
        others: list[tuple[bytes, Thing]] = []
        words: set[str] = set()
        for thing in things:
            for spelling in dict.fromkeys((thing.name, *thing.aliases)):
                tokens = split_words(spelling)
                if tokens.haystack and thing not in by_spelling[tokens.haystack]:
                    by_spelling[tokens.haystack].append(thing)
                others += [(_haystack(other), thing) for other in other_spellings(tokens.keys)]
                words.update(tokens.keys)
        for pattern, thing in others:  # what a registry writes itself goes before what is made of it
            if pattern not in by_spelling or thing.id in {each.id for each in by_spelling[pattern]}:
                by_spelling[pattern].append(thing)
        self._things: Sequence[Sequence[Thing]] = list(by_spelling.values())
        self._mender = Mender(words)
        self._automaton: _Automaton | None = (
            DoubleArrayAhoCorasick(list(by_spelling), MATCH_KIND_LEFTMOST_LONGEST) if by_spelling else None
        )

    def find(self, tokens: Tokens, *, area: str | None) -> Iterator[NamedThing]:
        """Yield what is named, in reading order."""
        if self._automaton is None:
            return
        found = list(self._find(tokens, area=area))
        mended = self._mender.mend(tokens.keys)
        if mended == tokens.keys:
            yield from found
            return
        better = Tokens(tokens.text, mended, tokens.starts, tokens.ends)
        taken = {(each.start, each.end) for each in found}
        more = [
            each
            for each in self._find(better, area=area)
            if each.end - each.start >= _SHORTEST_MISSPELT
            and not any(start < each.end and each.start < end for start, end in taken)
        ]
        yield from sorted((*found, *more), key=lambda each: each.start)

    def _find(self, tokens: Tokens, *, area: str | None) -> Iterator[NamedThing]:
        assert self._automaton is not None
        for start, end, index in self._automaton.find(tokens.haystack):  # most texts have none
            first, last = tokens.at_byte[start], tokens.at_byte[end]
            thing = _meant(self._things[index], area)
            if thing is not None and tokens.run(first, last) and _is_written_as_name(tokens, first, last):
                yield NamedThing(id=thing.id, name=thing.name, start=tokens.starts[first], end=tokens.ends[last - 1])


def _haystack(words: Iterable[str]) -> bytes:
    return "".join(f"\x02{word}\x01" for word in words).encode()


def find_entities(text: str, *, offices: NameMatcher, projects: NameMatcher, area: str | None = None) -> Entities:
    """Return the offices and projects a text names; `area` is the code of where the text is about, if known."""
    tokens = split_words(text)
    return Entities(
        model=MODEL, offices=tuple(offices.find(tokens, area=area)), projects=tuple(projects.find(tokens, area=area))
    )


def _meant(things: Sequence[Thing], area: str | None) -> Thing | None:
    holding = [thing for thing in things if thing.area_code and area and is_within(area, thing.area_code)]
    if holding:
        return max(holding, key=lambda thing: len(thing.area_code or ""))
    general = [thing for thing in things if not thing.area_code]
    if general:
        return general[0]
    return things[0] if len(things) == 1 else None


def _is_written_as_name(tokens: Tokens, first: int, last: int) -> bool:
    """Whether a very short name ("PU") is in capitals; longer ones may be written in any way."""
    word = tokens.text[tokens.starts[first] : tokens.ends[last - 1]]
    return len(word) > 2 or word.isupper()


class EntityFinder(Step):
    """Writes the entities; reads the area, in its stead the home region."""

    def __init__(self, *, offices: Iterable[Office], projects: Iterable[Project]) -> None:
        super().__init__()
        self.offices = NameMatcher(offices)
        self.projects = NameMatcher(projects)

    def read(self, found: Findings) -> None:
        """Find the offices and projects."""
        area = found.location.area.code if found.location.area else found.region
        found.entities = find_entities(found.text, offices=self.offices, projects=self.projects, area=area)


@Language.factory("sidak_entities", default_config={"offices_file": "", "projects_file": ""})
def make_entities(nlp: Language, name: str, offices_file: str, projects_file: str) -> EntityFinder:  # noqa: ARG001  (spaCy hands every factory its pipeline)
    """Build the component from the packaged offices and, where given, the deployment's registries."""
    own = load_offices(Path(offices_file)) if offices_file else ()
    ids = {office.id for office in own}
    offices = (*own, *(office for office in load_default_offices() if office.id not in ids))
    projects = load_projects(Path(projects_file)) if projects_file else ()
    return EntityFinder(offices=offices, projects=projects)
