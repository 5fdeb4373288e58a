"""Names of persons: what follows a title ("Pak", "a.n.") and reads as a name, then everywhere in the same text.

Roads and buildings that bear a person's name (Jl. Jenderal Sudirman, RSUD dr. Soetomo) are public and stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from wordfreq import zipf_frequency

from nlp.areas import find_by_name
from nlp.components.personal_data_words import load_words
from nlp.components.places_named import name_roads_and_landmarks
from nlp.components.places_tokens import is_mixed_case, split_words
from sidak.models import PersonalData

_WORD = re.compile(r"[^\W\d_]+(?:['’`\-][^\W\d_]+)*")
_TIE = re.compile(r"[ \t\u00a0:/]{0,3}")
# The dot of "Bpk." or "Drs." ends no sentence; that of "Pak." does.
_TIE_AFTER_SHORT = re.compile(r"\.?[ \t\u00a0:/]{0,3}")
_NAME_TIE = re.compile(r"[ \t\u00a0]{1,2}|\.[ \t]?")
_ENDINGS = ("nya", "lah", "kah", "pun", "ku", "mu")
_MAX_WORDS = 4
_MAX_ROLES = 4
_PARTICLES = frozenset(["bin", "binti"])
# A word in small letters after a title is a name only where everyday language hardly knows it.
_RARE_ZIPF = 3.6
_RARE_NEXT_ZIPF = 4.4
# With a capital only a very common word is no name ("Pak Padahal").
_EVERYDAY_ZIPF = 4.9


class _Word(NamedTuple):
    key: str
    start: int
    end: int


def find_names(text: str) -> Iterator[PersonalData]:
    """Yield names after titles and every other place in the text where one of their parts stands."""
    if load_words().title_starts.isdisjoint(map(str.lower, _WORD.findall(text))):
        return
    words = [_Word(match.group().lower(), *match.span()) for match in _WORD.finditer(text)]
    public = _Public(text)
    spans = list(_titled(text, words, public))
    if not spans:
        return
    parts = {
        word.key
        for first, last in spans
        for word in words[first:last]
        if len(word.key) >= 3 and word.key not in load_words().not_names and word.key not in load_words().roles
    }
    for first, last in spans:
        yield PersonalData(type="NAME", start=words[first].start, end=words[last - 1].end)
    for word in words:
        if _is_part(word.key, parts) and not public.covers(word.start):
            yield PersonalData(type="NAME", start=word.start, end=word.end)


class _Public:
    """The roads and landmarks of a text, asked by position; looked for only once some title was found."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _spans(self) -> tuple[list[int], list[int]]:
        tokens, named = split_words(self._text), name_roads_and_landmarks(self._text)
        return [tokens.starts[each.first] for each in named], [tokens.ends[each.last - 1] for each in named]

    def covers(self, position: int) -> bool:
        starts, ends = self._spans
        at = bisect_right(starts, position) - 1
        return at >= 0 and position < ends[at]


def _titled(text: str, words: Sequence[_Word], public: _Public) -> Iterator[tuple[int, int]]:
    lists = load_words()
    at = 0
    while at < len(words):
        first = _after_title(text, words, at, public)
        if first is None:
            at += 1
            continue
        for _ in range(_MAX_ROLES):
            if first < len(words) and words[first].key in lists.roles and _tied(text, words, first):
                first += 1
        if _names_a_place(words, first):
            at = first + 1
            continue
        last = _name_end(text, words, first)
        if last > first:
            yield first, last
        at = max(last, at + 1)


def _names_a_place(words: Sequence[_Word], at: int) -> bool:
    """Whether the word after a role is the place of the office: "Pak Lurah Keputih", "Pak Camat Subah"."""
    lists = load_words()
    if not 0 < at < len(words) or words[at - 1].key not in lists.roles or words[at].key in lists.given:
        return False
    return bool(find_by_name(words[at].key))


def _after_title(text: str, words: Sequence[_Word], at: int, public: _Public) -> int | None:
    """Return the word after a title that starts at `at`, or None where none starts."""
    if words[at].key not in load_words().title_starts:
        return None
    following = words[at + 1] if at + 1 < len(words) else None
    if following and f"{words[at].key} {following.key}" in load_words().phrases:
        name = at + 2 if following.start - words[at].end <= 2 else None
    else:
        name = at + 1 if _is_title(text, words[at], following) else None
    # "Jl. Ibu Kartini", "RSUD dr. Soetomo"
    return None if name is None or public.covers(words[at].start) else name


def _is_title(text: str, word: _Word, following: _Word | None) -> bool:
    lists = load_words()
    dotted = text[word.end : word.end + 1] == "."
    if word.key == "an":
        return dotted
    if word.key in lists.person_titles:
        return True
    if word.key in lists.shared_titles:
        return len(word.key) > 2 or dotted or text[word.start].isupper()
    # "Camat Slamet"; what else follows a role is more often the name of its place ("Camat Subah")
    return word.key in lists.roles and following is not None and following.key in lists.given


def _name_end(text: str, words: Sequence[_Word], first: int) -> int:
    mixed = is_mixed_case(text)
    at = first
    while at < len(words) and at - first < _MAX_WORDS:
        tied = _tied(text, words, at) if at == first else _tied_in_name(text, words, at)
        if not tied or not _is_name_word(text, words[at], mixed=mixed, first=at == first):
            break
        at += 1
    return at


def _is_name_word(text: str, word: _Word, *, mixed: bool, first: bool) -> bool:
    lists = load_words()
    if word.key in _PARTICLES and not first:
        return True
    if word.key in lists.not_names or word.key in lists.roles:
        return False
    if word.key in lists.given:
        return True
    if len(word.key) < 2 or word.key in lists.titles:
        return False
    if mixed and text[word.start].isupper():
        return not first or float(zipf_frequency(word.key, "id")) < _EVERYDAY_ZIPF
    # In mixed case a name is capitalised; only its first word is believed in small letters.
    allowed = first or not mixed
    limit = _RARE_ZIPF if first else _RARE_NEXT_ZIPF
    return allowed and len(word.key) >= 3 and float(zipf_frequency(word.key, "id")) < limit


def _tied(text: str, words: Sequence[_Word], at: int) -> bool:
    before = words[at - 1]
    tie = _TIE_AFTER_SHORT if before.key in load_words().abbreviations else _TIE
    return bool(tie.fullmatch(text, before.end, words[at].start))


def _tied_in_name(text: str, words: Sequence[_Word], at: int) -> bool:
    return bool(_NAME_TIE.fullmatch(text, words[at - 1].end, words[at].start))


def _is_part(key: str, parts: set[str]) -> bool:
    """Whether a word is a part of a name, as it is or with an ending ("Budinya")."""
    return key in parts or any(key.endswith(ending) and key[: -len(ending)] in parts for ending in _ENDINGS)
