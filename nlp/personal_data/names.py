"""Names of persons: what follows a title ("Pak", "a.n.", "Pelapor:") and reads as a name, then everywhere in the text.

A given name with a family name is one without a title too. Roads and buildings that bear a person's name (Jl. Jenderal
Sudirman, RSUD dr. Soetomo) and places named after a role ("Lurah Keputih", "desa Suka Maju") are public and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nlp.areas import find_by_name
from nlp.memory import kept
from nlp.personal_data.again import find_again, find_in_tags
from nlp.personal_data.look import words_of
from nlp.personal_data.name_words import NAME_TIE, NameText, commonness
from nlp.personal_data.public_names import PublicNames
from nlp.personal_data.titles import Titles
from nlp.personal_data.words import PersonalWords, load_words
from nlp.places.tokens import is_title_case
from sidak.models import PersonalData

_MAX_WORDS = 4
_SHORT_ACRONYM = 2
_MOST_PARTS = 60
_SHORTEST_PART = 3
_PARTICLES = frozenset(["bin", "binti", "al", "van", "der"])
# A word in small letters after a title is a name only where everyday language hardly knows it.
# For the first word and those that follow it; after "a.n." or "Pelapor:" a name is what was announced.
_RARE_ZIPF = (3.6, 2.8)
_RARE_LABELLED_ZIPF = (4.4, 3.8)
# With a capital only a very common word is no name ("Pak Padahal").
_EVERYDAY_ZIPF = 4.9
_EVERYDAY_NEXT_ZIPF = 4.3
# In small letters these are verbs ("pak ditindaklanjuti"), whatever everyday language knows of them.
_VERB = re.compile(r"(?:di|me[mnl]|ber|ter)\w{4,}")


@kept
def find_names(text: str) -> tuple[PersonalData, ...]:
    """Return the names of a text; places ask for them too: none stands on a person's name."""
    return tuple(_find_names(text))


def _find_names(text: str) -> Iterator[PersonalData]:
    """Yield names after titles and every other place in the text where one of their parts stands."""
    lists = load_words()
    if not _is_worth_reading(text, lists):
        return
    reader = _Reader(text, lists)
    spans = list(reader.names())
    if not spans:
        return
    read = reader.read
    for first, last in spans:
        yield PersonalData(type="NAME", start=read.starts[first], end=read.ends[last - 1])
    parts = {key for first, last in spans for key in read.keys[first:last]}
    telling = {key for key in parts - lists.not_names if len(key) >= _SHORTEST_PART and key not in lists.roles}
    yield from _again(text, telling, reader.public)


def _is_worth_reading(text: str, lists: PersonalWords) -> bool:
    """Tell whether a text holds a title, a given name, "a.n." or a label with its colon: no name is found without."""
    keys = words_of(text).keys
    if not lists.cues.isdisjoint(keys) or not lists.given_cues.isdisjoint(keys):
        return True
    if (b"an" in keys or b"n" in keys) and ("an." in (small := text.lower()) or "a.n" in small or "a n " in small):
        return True
    return not lists.label_cues.isdisjoint(keys) and (":" in text or "=" in text)


class _Reader:
    """Reads the names of one text; its public names are looked for only once a title was found."""

    def __init__(self, text: str, lists: PersonalWords) -> None:
        self.read, self._lists = NameText(text), lists
        self._keys = self.read.keys
        self.public = PublicNames(self.read, lists)
        self._titles = Titles(self.read, lists)

    def names(self) -> Iterator[tuple[int, int]]:
        """Yield the first and last word (exclusive) of each name."""
        titles, given = self._lists.title_starts, self._lists.given
        end = 0
        for at in [at for at, key in enumerate(self._keys) if key in titles or key in given]:
            found = (self._titled(at) or self._untitled(at)) if at >= end else None
            if found is None:
                continue
            # "Jl. Ibu Kartini", "RSUD dr. Soetomo"
            if found[1] > found[0] and not self.public.covers(self.read.starts[at]):
                yield found
            end = max(found[1], at + 1)

    def _titled(self, at: int) -> tuple[int, int] | None:
        """Return the name after a title, label or role at word `at`; an empty one where a place follows."""
        announced = self._titles.announced(at)
        if announced is None:
            return None
        first, may_follow = self._titles.after_roles(at, announced)
        if not may_follow:
            return first, first
        return first, self._name_end(first, labelled=self._keys[first - 1] in self._lists.labelling)

    def _untitled(self, at: int) -> tuple[int, int] | None:
        """Return a capitalised given name with a second name: enough without a title."""
        if not self.read.mixed or self._keys[at] not in self._lists.given or at + 1 >= len(self._keys):
            return None
        key, following = self._keys[at], self._keys[at + 1]
        if following not in self._lists.family and following not in self._lists.given:
            return None
        if not (self.read.is_capital(at) and self.read.is_capital(at + 1) and self.read.ties(at + 1, NAME_TIE)):
            return None
        if self.public.covers(self.read.starts[at]) or find_by_name(f"{key} {following}"):
            return None
        return at, self._name_end(at)

    def _name_end(self, first: int, *, labelled: bool = False) -> int:
        at = first
        while at < len(self._keys) and at - first < _MAX_WORDS:
            tied = self._titles.is_tied(at) if at == first else self.read.ties(at, NAME_TIE)
            if not tied or not self._is_name_word(at, first, labelled=labelled):
                break
            at += 1
        return at

    def _is_name_word(self, at: int, first: int, *, labelled: bool) -> bool:
        lists, key, capital = self._lists, self._keys[at], self.read.is_capital
        if key in lists.given or (at > first and (key in lists.family or key in _PARTICLES)):
            return True
        if key in lists.no_names:
            return False
        if len(key) < 2:  # "M. Ali", "F Lofaso"
            return capital(at) and capital(at + 1) and self.read.ties(at + 1, NAME_TIE)
        if capital(at) and (self.read.mixed or key in lists.ambiguous):
            return self._is_capitalised_name(at, first=at == first)
        # Whoever writes the first word of a name in small letters writes the next so too; after a capital none follows.
        small = not (self.read.mixed and capital(first))
        limits = _RARE_LABELLED_ZIPF if labelled else _RARE_ZIPF
        allowed = (at == first or small) and len(key) >= _SHORTEST_PART and not _VERB.match(key)
        return allowed and commonness(key) < limits[at > first]

    def _is_capitalised_name(self, at: int, *, first: bool) -> bool:
        key = self._keys[at]
        if key in self._lists.ambiguous:
            return True
        if self.read.mixed and len(key) <= _SHORT_ACRONYM and self.read.written(at).isupper():
            return False  # "pak SK nomor ..."
        if first:
            return commonness(key) < _EVERYDAY_ZIPF
        # in headlines a capital says nothing
        return commonness(key) < (_RARE_ZIPF[1] if is_title_case(self.read.text) else _EVERYDAY_NEXT_ZIPF)


def _again(text: str, parts: Iterable[str], public: PublicNames) -> Iterator[PersonalData]:
    """Yield every other place where a part of a name stands."""
    longest: Sequence[str] = sorted(parts, key=len, reverse=True)[:_MOST_PARTS]
    if not longest:
        return
    for start, end in find_again(text, longest):
        if not public.covers(start):
            yield PersonalData(type="NAME", start=start, end=end)
    for start, end in find_in_tags(text, longest):
        yield PersonalData(type="NAME", start=start, end=end)
