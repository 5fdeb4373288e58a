"""Under which keys a report is looked for: bands of its signature, and blocks of category and place.

Two texts with half their five-letter pieces in common share a band with probability 0.87, with 0.7 in common 0.9998.
"""

from __future__ import annotations

import xxhash

from nlp.incidents.traits import PERMUTATIONS, Traits

BANDS = 32
BAND_BYTES = 4 * PERMUTATIONS // BANDS


def band_keys(traits: Traits, *, least_words: int) -> list[int]:
    """Return the keys by which near copies find each other; none for texts that are alike by chance."""
    if traits.word_count < least_words:
        return []
    signature, lane = traits.signature, b"restricted|" if traits.restricted else b""
    return [_key(lane + b"%d|" % band + signature[band * BAND_BYTES :][:BAND_BYTES]) for band in range(BANDS)]


def block_keys(traits: Traits) -> list[int]:
    """Return the keys by which reports of one spot find each other: category with area, and with each named place."""
    if traits.category is None or traits.area is None or "." not in traits.area:
        return []
    regency = traits.area[:5]
    topic = f"restricted|{traits.category}" if traits.restricted else traits.category
    names = [f"{topic}|area|{traits.area}"]
    names += [f"{topic}|road|{regency}|{name}" for name in sorted(traits.roads)]
    names += [f"{topic}|landmark|{regency}|{name}" for name in sorted(traits.landmarks)]
    return [_key(name.encode()) for name in names]


def _key(data: bytes) -> int:
    """Return a key that fits SQLite's signed 64 bits."""
    return int.from_bytes(xxhash.xxh3_64_digest(data), "big", signed=True)
