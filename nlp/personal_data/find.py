"""Personal data: the stretches of a text that identify a person, to be masked before people read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from nlp.personal_data.disguised import SPELLED_CUES, find_disguised
from nlp.personal_data.library import LIBRARY_CUES, find_by_library
from nlp.personal_data.look import split_letters
from nlp.personal_data.names import find_names
from nlp.personal_data.patterns import SOCIAL_CUES, find_patterned
from nlp.personal_data.plain import plain_text
from nlp.personal_data.words import load_words
from nlp.words import is_plain
from sidak.models import PersonalData

_MARKS = re.compile(r"[\d@/%]")
_SHORT_CUES = frozenset({b"an", b"n", b"at"})
"""What "a.n." and "[at]" leave when cut at their marks."""


def holds_cue(piece: str) -> bool:
    """Tell whether a stretch without white space could be a part of personal data, or open some.

    Where it is false of every stretch of a text, no detector finds anything in it: that spares most posts the search.
    """
    if is_plain(piece):
        return piece.lower().encode() in _cues()
    piece, _ = plain_text(piece)
    return _MARKS.search(piece) is not None or not _cues().isdisjoint(split_letters(piece))


@cache
def _cues() -> frozenset[bytes]:
    """Return the words without one of which the detectors look no further."""
    lists = load_words()
    names = lists.cues | lists.given_cues | lists.label_cues
    return names | SOCIAL_CUES | LIBRARY_CUES | SPELLED_CUES | _SHORT_CUES


def find_personal_data(text: str, *, kept_handles: Iterable[str] = ()) -> tuple[PersonalData, ...]:
    """Return all personal data of a text in reading order; none overlap.

    `kept_handles` are the office's own accounts (without "@"), which stay readable.
    """
    kept = frozenset(handle.lstrip("@").lower() for handle in kept_handles)
    plain, places = plain_text(text)
    formed = [*find_patterned(plain, kept_handles=kept), *find_disguised(plain)]
    found = _merge([*formed, *find_by_library(plain), *find_names(plain)])
    if places is None:
        return found
    ends = (*places, len(text))  # what hides after a stretch, such as the frame of its last digit, goes with it
    return tuple(PersonalData(type=each.type, start=places[each.start], end=ends[each.end]) for each in found)


def _merge(found: Iterable[PersonalData]) -> tuple[PersonalData, ...]:
    """Join what overlaps; the longest part gives the type, ours before the library's where they are equal."""
    merged: list[PersonalData] = []
    longest = 0
    for each in sorted(found, key=lambda span: (span.start, -span.end)):
        length = each.end - each.start
        if length <= 0:
            continue
        if merged and each.start < merged[-1].end:
            last = merged.pop()
            type = each.type if length > longest else last.type
            merged.append(PersonalData(type=type, start=last.start, end=max(last.end, each.end)))
            longest = max(longest, length)
        else:
            merged.append(each)
            longest = length
    return tuple(merged)


class PersonalDataFinder:
    """Writes `doc._.sidak_personal_data`; reads `kept_handles` from its settings."""

    def __init__(self, name: str, kept_handles: Iterable[str]) -> None:
        self.name = name
        self.kept_handles = tuple(kept_handles)
        if not Doc.has_extension("sidak_personal_data"):
            Doc.set_extension("sidak_personal_data", default=())

    def __call__(self, doc: Doc) -> Doc:
        text = doc.user_data.get("text") or doc.text
        doc._.sidak_personal_data = find_personal_data(text, kept_handles=self.kept_handles)
        return doc


@Language.factory("sidak_personal_data", default_config={"kept_handles": []})
def make_personal_data(nlp: Language, name: str, kept_handles: list[str]) -> PersonalDataFinder:  # noqa: ARG001  (spaCy hands every factory its pipeline)
    """Build the component; spaCy calls this."""
    return PersonalDataFinder(name, kept_handles)
