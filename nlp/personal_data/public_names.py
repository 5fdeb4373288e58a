"""Names that are public and stay: roads and buildings called after a person, places called after a role."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from nlp.personal_data.name_words import NameText
from nlp.personal_data.words import PersonalWords
from nlp.places.named import name_roads_and_landmarks
from nlp.places.tokens import split_words

_PLACE_TIE = re.compile(r"\.?[ \t\u00a0]{0,2}")
_BLANK = re.compile(r"[ \t\u00a0]{1,2}")
_MOST_IN_PLACE = 3


class PublicNames:
    """Where public names stand in a text; they are looked for at the first question only."""

    def __init__(self, read: NameText, lists: PersonalWords) -> None:
        self._read, self._lists = read, lists

    def covers(self, position: int) -> bool:
        """Tell whether a road, a landmark or the name of a place stands at a position."""
        starts, ends = self._spans
        at = bisect_right(starts, position) - 1
        return at >= 0 and position < ends[at]

    @cached_property
    def _spans(self) -> tuple[list[int], list[int]]:
        """Return starts and ends of roads, landmarks and what follows "desa" or "RSUD dr."."""
        read = self._read
        tokens, named = split_words(read.text), name_roads_and_landmarks(read.text)
        spans = [(tokens.starts[each.first], tokens.ends[each.last - 1]) for each in named]
        spans += [
            (read.starts[at], read.ends[self._place_end(at) - 1])
            for at, key in enumerate(read.keys)
            if key in self._lists.area_cues and self._place_end(at) > at + 1
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
        read, lists = self._read, self._lists
        keys = read.keys
        dotted = keys[at] in lists.dotted_area_cues
        at += 1
        if not read.ties(at, _PLACE_TIE if dotted else _BLANK):
            return at
        if self._announces_a_person(at):
            return at  # "bendahara desa an. Wahyu"
        while at < len(keys) and keys[at] in lists.honours and read.ties(at, _PLACE_TIE):
            at += 1
        first = at
        while at < len(keys) and at - first < _MOST_IN_PLACE and read.ties(at, _PLACE_TIE):
            if keys[at] in lists.titles or (at > first and not (read.mixed and read.is_capital(at))):
                break
            at += 1
        return at

    def _announces_a_person(self, at: int) -> bool:
        """Tell whether "an.", "atas nama" or the like begins at word `at`."""
        read = self._read
        if read.keys[at] == "an":
            return read.text.startswith(".", read.ends[at])
        return " ".join(read.keys[at : at + 2]) in self._lists.phrases
