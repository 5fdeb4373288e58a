"""How common a word is in Indonesian, on wordfreq's Zipf scale: from 0 for hardly ever to 8, looked up in a table."""

from __future__ import annotations

import math
from functools import cache, lru_cache

from wordfreq import get_frequency_dict, zipf_frequency

_KEPT_WORDS = 1 << 13
_BILLION = 9
"""The scale counts how often a word stands among so many powers of ten."""


def zipf(word: str) -> float:
    """Return what `wordfreq.zipf_frequency` returns, without cutting into words what plainly is one."""
    if word.isascii() and word.isalpha() and word.islower():
        return _table().get(word, 0.0)
    return _cut_zipf(word)


@cache
def _table() -> dict[str, float]:
    return {word: round(math.log10(share) + _BILLION, 2) for word, share in get_frequency_dict("id", "small").items()}


@lru_cache(_KEPT_WORDS)
def _cut_zipf(word: str) -> float:
    return float(zipf_frequency(word, "id"))
