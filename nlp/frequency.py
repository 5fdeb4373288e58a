"""How common a word is in Indonesian, on wordfreq's Zipf scale: from 0 for hardly ever to 8, looked up in a table.

The table is the library's; it is read without importing the library, which takes half a second of every start.
"""

from __future__ import annotations

import gzip
import math
from functools import cache, lru_cache

import msgspec

from nlp.package_data import read_package_data

_KEPT_WORDS = 1 << 13
_BILLION = 9
"""The scale counts how often a word stands among so many powers of ten."""


def zipf(word: str) -> float:
    """Return what `wordfreq.zipf_frequency` returns, without cutting into words what plainly is one."""
    if word.isascii() and word.isalpha() and word.islower():
        return _table().get(word, 0.0)
    return _cut_zipf(word)


@cache
def common_words() -> dict[str, float]:
    """Return common words of Indonesian, the most common first, each with its share of all words."""
    packed = gzip.decompress(read_package_data("wordfreq", "data", "small_id.msgpack.gz"))
    _, *by_centibels = msgspec.msgpack.decode(packed)  # a header; then the words of 0, -1, -2 … centibels
    return {word: 10 ** (-number / 100) for number, words in enumerate(by_centibels) for word in words}


@cache
def _table() -> dict[str, float]:
    return {word: round(math.log10(share) + _BILLION, 2) for word, share in common_words().items()}


@lru_cache(_KEPT_WORDS)
def _cut_zipf(word: str) -> float:
    from wordfreq import zipf_frequency  # half a second to import

    return float(zipf_frequency(word, "id"))
