"""Towns that people name without saying that they are kecamatan ("Cepu", "Karimunjawa"): where no other is meant."""

from __future__ import annotations

from functools import lru_cache

from nlp.areas import KECAMATAN, is_within
from nlp.frequency import zipf
from nlp.personal_data.words import load_words as load_personal_words
from nlp.places.gazetteer import load_gazetteer
from nlp.places.words import load_words
from nlp.search_words import frequency_of_forms, search_stem

_KEPT_NAMES = 1 << 13
_OTHER_FORMS_ZIPF = 0.1
"""A word whose forms are that much more common than it is by itself is one of everyday language."""


@lru_cache(_KEPT_NAMES)
def is_only_kecamatan(name: int, expected: tuple[str, ...]) -> bool:
    """Whether one kecamatan bears this name in the expected areas, and nothing outside of it there does."""
    codes = [code for code in load_gazetteer().codes[name] if any(is_within(code, area) for area in expected)]
    kecamatan = [code for code in codes if code.count(".") == KECAMATAN]
    return len(kecamatan) == 1 and all(is_within(code, kecamatan[0]) for code in codes)


@lru_cache(_KEPT_NAMES)
def is_no_other_word(name: str) -> bool:
    """Whether a name is no person's and no word or form of one ("Rakit": merakit; "Wedi": takut)."""
    personal = load_personal_words()
    if name in personal.given or name in personal.family or name in load_words().colloquial:
        return False
    return search_stem(name) == name and frequency_of_forms(name) - zipf(name) < _OTHER_FORMS_ZIPF
