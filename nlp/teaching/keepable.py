"""Which words a model may keep a weight of, so that no text and nobody's name can be read out of it."""

from __future__ import annotations

from nlp.areas import find_by_name, is_large
from nlp.normalize import is_known, slang_spellings
from nlp.wording import ACCOUNT, AREA, LINK, NUMBER, token_parts

_MARKS = frozenset("@#[")
_PARTS_OF_MASKS = frozenset({*token_parts(ACCOUNT), *token_parts(LINK)})


def may_keep_word(word: str) -> bool:
    """Tell whether a word's or stem's weight says nothing of anybody: common, no digit, no province or regency."""
    return word.isalpha() and is_known(word) and not any(map(is_large, find_by_name(word)))


def may_keep_wording(key: str) -> bool:
    """Tell whether a feature says nothing of anybody: common words, masks and marks, or a part of a word."""
    if key[0] == "c":
        return True
    return all(_is_common(word) for word in key[2:].split(" "))


def tells_origin(key: str) -> bool:
    """Tell whether a feature is of accounts, tags or links: it says where a text was written, not what."""
    return not _MARKS.isdisjoint(key) or key in _PARTS_OF_MASKS


def _is_common(word: str) -> bool:
    masked = word in {ACCOUNT, LINK, NUMBER, AREA} or not any(map(str.isalnum, word))
    return masked or is_known(word) or word in slang_spellings()
