"""What a search term is, the same for every engine and for texts and queries alike.

Stems are cut here into letters and digits, so that engines need only split at blanks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from nlp.normalize import is_readable
from nlp.search_words import search_stem
from nlp.words import clean_text, iter_words

MAX_TOKEN = 64
"""Longer words are cut: nobody searches for them, and engines differ in what they do with them."""

_TOKEN = re.compile(r"[^\W_]+")
_CANONICAL = re.compile(rf"[a-z0-9]{{1,{MAX_TOKEN}}}+(?: [a-z0-9]{{1,{MAX_TOKEN}}}+)*+")
_CACHED_WORDS = 1 << 15


def index_tokens(text: str) -> list[str]:
    """Return the terms of a text of stems: letters and digits only, compatibility forms and case folded."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return [token[:MAX_TOKEN] for token in _TOKEN.findall(folded)]


def canonical_stems(text: str) -> str:
    """Return the terms of a text of stems with a blank between them."""
    return text if _CANONICAL.fullmatch(text) else " ".join(index_tokens(text))


def search_terms(text: str) -> list[str]:
    """Return the terms that a text is found by, in order; marks, links and mentions have none."""
    return [term for term, _, _ in located_terms(text)]


def located_terms(text: str) -> list[tuple[str, int, int]]:
    """Return the terms of a text, each with the offsets of the word it comes from."""
    return [
        (term, start, end)
        for word, start, end in iter_words(clean_text(text))
        if is_readable(word)
        for term in _word_terms(word)
    ]


@lru_cache(_CACHED_WORDS)
def _word_terms(word: str) -> tuple[str, ...]:
    return tuple(index_tokens(search_stem(word)))
