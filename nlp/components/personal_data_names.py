"""Names of persons: what follows a title ("Pak", "a.n.", "Pelapor:") and reads as a name, then everywhere in the text.

A given name with a family name is one without a title too. Roads and buildings that bear a person's name (Jl. Jenderal
Sudirman, RSUD dr. Soetomo) and places named after a role ("Lurah Keputih", "desa Suka Maju") are public and stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from nlp.areas import find_by_name
from nlp.components.personal_data_again import find_again, find_in_tags
from nlp.components.personal_data_look import words_of
from nlp.components.personal_data_words import PersonalWords, load_words
from nlp.components.places_named import name_roads_and_landmarks
from nlp.components.places_tokens import is_mixed_case, is_title_case, split_words
from nlp.cutting import Cutter
from nlp.frequency import zipf
from nlp.normalize import match_form
from nlp.words import is_plain
from sidak.models import PersonalData

_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")
_TIE = re.compile(r"[ \t\u00a0:/=]{0,3}")
# The dot of "Bpk." or "Drs." ends no sentence; that of "Pak." does.
_TIE_AFTER_SHORT = re.compile(r"\.?[ \t\u00a0:/]{0,3}")
_NAME_TIE = re.compile(r"[ \t\u00a0]{1,2}|\.[ \t]?|-")
_PLACE_TIE = re.compile(r"\.?[ \t\u00a0]{0,2}")
_BLANK = re.compile(r"[ \t\u00a0]{1,2}")
_LABEL_TIE = re.compile(r"[ \t]{0,3}[:=][ \t]{0,3}")
_CLOSING_TIE = re.compile(r"[ \t]{0,3}[,.:]?[ \t]{0,2}\n{0,3}[ \t]{0,3}")
_MAX_WORDS = 4
_LONGEST_ACRONYM = 4
_SHORT_ACRONYM = 2
_MAX_ROLES = 4
_MOST_IN_PLACE = 3
_MOST_PARTS = 60
_KEPT_PIECES = 1 << 14
_SURE_CLOSINGS = frozenset(["hormat saya", "hormat kami", "tertanda", "ttd"])
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


class _Word(NamedTuple):
    key: str
    start: int
    end: int


def _cut(piece: str) -> Iterable[tuple[str, int, int]]:
    if is_plain(piece):
        return ((piece.lower(), 0, len(piece)),)
    return ((match.group().lower(), *match.span()) for match in _WORD.finditer(piece))


_CUTTER = Cutter(_cut, most=_KEPT_PIECES)


def find_names(text: str) -> Iterator[PersonalData]:
    """Yield names after titles and every other place in the text where one of their parts stands."""
    lists = load_words()
    if not _is_worth_reading(text, lists):
        return
    reader = _Reader(text, lists)
    spans = list(reader.names())
    if not spans:
        return
    for first, last in spans:
        yield PersonalData(type="NAME", start=reader.starts[first], end=reader.ends[last - 1])
    parts = {
        key
        for first, last in spans
        for key in reader.keys[first:last]
        if len(key) >= 3 and key not in lists.not_names and key not in lists.roles
    }
    yield from _again(text, parts, reader)


def _is_worth_reading(text: str, lists: PersonalWords) -> bool:
    """Whether a text holds a title, a given name, "a.n." or a label with its colon: no name is found without."""
    keys = words_of(text).keys
    if not lists.cues.isdisjoint(keys) or not lists.given_cues.isdisjoint(keys):
        return True
    if (b"an" in keys or b"n" in keys) and ("an." in (small := text.lower()) or "a.n" in small or "a n " in small):
        return True
    return not lists.label_cues.isdisjoint(keys) and (":" in text or "=" in text)


class _Reader:
    """The words of one text, read for names; its roads and landmarks are looked for only once a title was found."""

    def __init__(self, text: str, lists: PersonalWords) -> None:
        self.text, self.lists = text, lists
        self.keys, self.starts, self.ends = _CUTTER.cut(text)

    def word(self, at: int) -> _Word:
        """Return a word with where it stands."""
        return _Word(self.keys[at], self.starts[at], self.ends[at])

    @cached_property
    def mixed(self) -> bool:
        """Whether capitals mean something in this text."""
        return is_mixed_case(self.text)

    def names(self) -> Iterator[tuple[int, int]]:
        """Yield the first and last word (exclusive) of each name."""
        titles, given = self.lists.title_starts, self.lists.given
        end = 0
        for at in [at for at, key in enumerate(self.keys) if key in titles or key in given]:
            found = (self._titled(at) or self._untitled(at)) if at >= end else None
            if found is None:
                continue
            # "Jl. Ibu Kartini", "RSUD dr. Soetomo"
            if found[1] > found[0] and not self.is_public(self.starts[at]):
                yield found
            end = max(found[1], at + 1)

    def is_public(self, position: int) -> bool:
        """Whether a road, a landmark or the name of a place stands at a position."""
        starts, ends = self._public
        at = bisect_right(starts, position) - 1
        return at >= 0 and position < ends[at]

    @cached_property
    def _public(self) -> tuple[list[int], list[int]]:
        """Return starts and ends of what must stay: roads, landmarks, what follows "desa" or "RSUD dr."."""
        tokens, named = split_words(self.text), name_roads_and_landmarks(self.text)
        spans = [(tokens.starts[each.first], tokens.ends[each.last - 1]) for each in named]
        spans += [
            (self.starts[at], self.ends[self._place_end(at) - 1])
            for at, key in enumerate(self.keys)
            if key in self.lists.area_cues and self._place_end(at) > at + 1
        ]
        merged: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return [start for start, _ in merged], [end for _, end in merged]

    def _place_end(self, at: int) -> int:
        """Return the word after the name of a place whose cue stands at `at`: honours and up to three capitals."""
        dotted = self.keys[at] in self.lists.dotted_area_cues
        at += 1
        if not self._ties(at, _PLACE_TIE if dotted else _BLANK):
            return at
        while at < len(self.keys) and self.keys[at] in self.lists.honours and self._tied_in_place(at):
            at += 1
        first = at
        while at < len(self.keys) and at - first < _MOST_IN_PLACE and self._tied_in_place(at):
            if self.keys[at] in self.lists.titles or (at > first and not (self.mixed and self._capital(at))):
                break
            at += 1
        return at

    def _tied_in_place(self, at: int) -> bool:
        return self._ties(at, _PLACE_TIE)

    def _titled(self, at: int) -> tuple[int, int] | None:
        """Return the name after a title, label or role at word `at`; an empty one where a place follows."""
        if self.keys[at] not in self.lists.title_starts:
            return None
        first = self._after_title(at)
        if first is None:
            return None
        role = self.keys[at] in self.lists.roles and self.keys[at] not in self.lists.titles
        for _ in range(_MAX_ROLES):
            if first < len(self.keys) and self.keys[first] in self.lists.roles and self._tied(first):
                role = self.keys[first] not in self.lists.titles
                first += 1
        if first >= len(self.keys) or (role and self._names_a_place(first)) or self._is_no_person(first):
            return first, first
        labelled = self.keys[first - 1] in self.lists.labelling
        return first, self._name_end(first, labelled=labelled)

    def _untitled(self, at: int) -> tuple[int, int] | None:
        """Return a capitalised given name with a second name: enough without a title."""
        if not self.mixed or self.keys[at] not in self.lists.given or at + 1 >= len(self.keys):
            return None
        both = self.word(at), self.word(at + 1)
        if both[1].key not in self.lists.family and both[1].key not in self.lists.given:
            return None
        if not (all(self.text[word.start].isupper() for word in both) and self._tied_in_name(at + 1)):
            return None
        if self.is_public(both[0].start) or find_by_name(f"{both[0].key} {both[1].key}"):
            return None
        return at, self._name_end(at)

    def _after_title(self, at: int) -> int | None:
        """Return the word after a title that starts at `at`, or None where none starts."""
        if at + 1 >= len(self.keys):
            return None
        key, following = self.keys[at], self.word(at + 1)
        pair = f"{key} {following.key}"
        if pair in self.lists.untitled:
            return None
        if pair in self.lists.phrases:
            name = at + 2 if following.start - self.ends[at] <= 2 else None
        elif pair in self.lists.closings and self._closes(at + 1, strict=pair not in _SURE_CLOSINGS):
            name = at + 2
        else:
            closes = key in self.lists.closings and self._closes(at, strict=key not in _SURE_CLOSINGS)
            labels = key in self.lists.labels and self._is_label(at)
            name = at + 1 if closes or labels or self._is_title(at, following) else None
        return name

    def _closes(self, at: int, *, strict: bool) -> bool:
        """Whether a letter's closing ends at word `at`: after a comma or a new line its writer's name follows."""
        if not self._ties(at + 1, _CLOSING_TIE):
            return False
        gap = self.text[self.ends[at] : self.starts[at + 1]]
        named = self._capital(at + 1) or self.keys[at + 1] in self.lists.given
        return ("," in gap or "\n" in gap) and (named or not strict)

    def _is_label(self, at: int) -> bool:
        """Whether a label ("Pelapor: ...", "korban Tarmo") has a name after it."""
        if self._ties(at + 1, _LABEL_TIE):
            return True
        following = self.word(at + 1)
        return self._ties(at + 1, _NAME_TIE) and following.key in self.lists.given and self._capital(at + 1)

    def _is_title(self, at: int, following: _Word) -> bool:
        word = self.word(at)
        dotted = self.text[word.end : word.end + 1] == "."
        ends_plate = self.text[max(0, word.start - 2) : word.start].rstrip(" -")[-1:].isdigit()
        if ends_plate and len(word.key) <= 2 and self.text[word.start : word.end].isupper():
            return False  # "BM 308 HJ"
        if word.key == "an":
            return dotted
        if word.key in self.lists.person_titles:
            return True
        if word.key in self.lists.shared_titles:
            return len(word.key) > 2 or dotted or self.text[word.start].isupper()
        # "Camat Slamet", "kepala dusun Slamet"; what else follows a role is more often the name of its place
        if word.key not in self.lists.roles or word.key in self.lists.offices:
            return False
        third = self.keys[at + 2] if at + 2 < len(self.keys) and following.key in self.lists.roles else ""
        return following.key in self.lists.given or third in self.lists.given

    def _is_no_person(self, first: int) -> bool:
        """Whether what follows a title and its roles is an office, an acronym or one of history's names."""
        word, before = self.word(first), self.keys[first - 1]
        if word.key in self.lists.given and word.key not in self.lists.heroes:
            return False
        if before in self.lists.offices and _commonness(word.key) >= _RARE_ZIPF[0]:
            return True  # "Bapak/Ibu Dinas Perhubungan"
        if before in self.lists.person_titles or before in self.lists.labelling:
            return False
        acronym = len(word.key) <= _LONGEST_ACRONYM and self.text[word.start : word.end].isupper()
        return (self.mixed and acronym) or word.key in self.lists.heroes

    def _names_a_place(self, at: int) -> bool:
        """Whether the word after a role is the place of the office: "Pak Lurah Keputih", "Kepala Desa Suka Maju"."""
        key, following = self.keys[at], self.keys[at + 1] if at + 1 < len(self.keys) else ""
        if find_by_name(f"{key} {following}") and self._tied_in_name(at + 1):
            return True
        return key not in self.lists.given and bool(find_by_name(key))

    def _name_end(self, first: int, *, labelled: bool = False) -> int:
        at = first
        while at < len(self.keys) and at - first < _MAX_WORDS:
            tied = self._tied_name(at) if at == first else self._tied_in_name(at)
            if not tied or not self._is_name_word(at, first, labelled=labelled):
                break
            at += 1
        return at

    def _is_name_word(self, at: int, first: int, *, labelled: bool) -> bool:
        lists, word = self.lists, self.word(at)
        if word.key in lists.given or (at > first and (word.key in lists.family or word.key in _PARTICLES)):
            return True
        if word.key in lists.no_names:
            return False
        if len(word.key) < 2:  # "M. Ali", "F Lofaso"
            return self._capital(at) and self._capital(at + 1) and self._tied_in_name(at + 1)
        if self._capital(at) and (self.mixed or word.key in lists.ambiguous):
            return self._is_capitalised_name(at, first=at == first)
        # Whoever writes the first word of a name in small letters writes the next so too; after a capital none follows.
        small = not (self.mixed and self.text[self.starts[first]].isupper())
        limits = _RARE_LABELLED_ZIPF if labelled else _RARE_ZIPF
        allowed = (at == first or small) and len(word.key) >= 3 and not _VERB.match(word.key)
        return allowed and _commonness(word.key) < limits[at > first]

    def _is_capitalised_name(self, at: int, *, first: bool) -> bool:
        word = self.word(at)
        if word.key in self.lists.ambiguous:
            return True
        if self.mixed and len(word.key) <= _SHORT_ACRONYM and self.text[word.start : word.end].isupper():
            return False  # "pak SK nomor ..."
        if first:
            return _commonness(word.key) < _EVERYDAY_ZIPF
        # in headlines a capital says nothing
        return _commonness(word.key) < (_RARE_ZIPF[1] if is_title_case(self.text) else _EVERYDAY_NEXT_ZIPF)

    def _tied_name(self, at: int) -> bool:
        """Whether the first word of a name is tied to what stands before: a title, a label or a closing."""
        if at == 0:
            return True
        return (
            self._tied(at) or self._ties(at, _LABEL_TIE) or (self._ties(at, _CLOSING_TIE) and self._after_closing(at))
        )

    def _after_closing(self, at: int) -> bool:
        closings = self.lists.closings
        pair = f"{self.keys[at - 2]} {self.keys[at - 1]}" if at > 1 else ""
        return self.keys[at - 1] in closings or pair in closings

    def _tied(self, at: int) -> bool:
        short = self.keys[at - 1] in self.lists.abbreviations
        return self._ties(at, _TIE_AFTER_SHORT if short else _TIE)

    def _tied_in_name(self, at: int) -> bool:
        return self._ties(at, _NAME_TIE)

    def _ties(self, at: int, tie: re.Pattern[str]) -> bool:
        if not 0 < at < len(self.keys):
            return False
        return bool(tie.fullmatch(self.text, self.ends[at - 1], self.starts[at]))

    def _capital(self, at: int) -> bool:
        return at < len(self.keys) and self.text[self.starts[at]].isupper()


def _again(text: str, parts: Iterable[str], reader: _Reader) -> Iterator[PersonalData]:
    """Yield every other place where a part of a name stands."""
    longest: Sequence[str] = sorted(parts, key=len, reverse=True)[:_MOST_PARTS]
    if not longest:
        return
    for start, end in find_again(text, longest):
        if not reader.is_public(start):
            yield PersonalData(type="NAME", start=start, end=end)
    for start, end in find_in_tags(text, longest):
        yield PersonalData(type="NAME", start=start, end=end)


@lru_cache(8192)
def _commonness(key: str) -> float:
    """Return how common a word is in its own spelling or in the standard one ("nagih": menagih)."""
    return max(zipf(key), *map(zipf, match_form(key).split(" ")))
