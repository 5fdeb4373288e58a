"""Parts of words for the category model: stretches of two to five letters, by the buckets of their checksums."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from nlp.areas import find_by_name
from nlp.normalize import is_known

BUCKETS = 1 << 15

_LENGTHS = (2, 3, 4, 5)
_LEAST_LETTERS = 2
_LONGEST_FORM = 30
_ALL_BITS = 0xFFFFFFFF
_IN_BUCKETS = np.uint32(BUCKETS - 1)
# The table of CRC-32 (ISO 3309): what a byte changes in the checksum so far.
_TABLE = np.array([zlib.crc32(bytes([0xFF ^ byte])) ^ _ALL_BITS ^ _ALL_BITS >> 8 for byte in range(256)], np.uint32)


def hash_parts(form: str) -> tuple[int, ...]:
    """Return the buckets of a form's parts in their order; names of areas have none."""
    if not _has_parts(form):
        return ()
    framed = _frame(form)
    parts: Iterable[bytes]
    if form.isascii():
        letters = framed.encode()
        parts = [letters[at : at + n] for n in _LENGTHS for at in range(len(letters) - n + 1)]
    else:
        parts = [framed[at : at + n].encode() for n in _LENGTHS for at in range(len(framed) - n + 1)]
    return tuple(sorted({code % BUCKETS for code in map(zlib.crc32, parts)}))


def hash_many(forms: Sequence[str]) -> list[tuple[int, ...]]:
    """Return what `hash_parts` returns of each form; the checksums of all are worked out together."""
    ascii_forms = [form for form in forms if form.isascii() and _has_parts(form)]
    known = dict(zip(ascii_forms, _hash_together(ascii_forms), strict=True)) if ascii_forms else {}
    return [known.get(form) or (() if form.isascii() else hash_parts(form)) for form in forms]


def _hash_together(forms: Sequence[str]) -> list[tuple[int, ...]]:
    framed = [_frame(form).encode() for form in forms]
    lengths = np.array([*map(len, framed)], np.uint32)
    letters = np.frombuffer(b"".join(framed), np.uint8)
    firsts = np.arange(len(forms) + 1, dtype=np.uint32) * np.uint32(BUCKETS)  # a form's buckets are counted from here
    first_of = np.repeat(firsts[:-1], lengths)
    left = np.repeat(np.cumsum(lengths, dtype=np.uint32), lengths) - np.arange(len(letters), dtype=np.uint32)
    code = np.full(len(letters), _ALL_BITS, np.uint32)
    found = []
    for size in range(1, _LENGTHS[-1] + 1):
        following = letters[size - 1 :]
        code = code[: len(following)]
        code = _TABLE[code.astype(np.uint8) ^ following] ^ code >> np.uint32(8)
        if size in _LENGTHS:
            fits = left[: len(code)] >= size  # the part ends within its form
            found.append((first_of[: len(code)] + (~code & _IN_BUCKETS))[fits])
    numbers = np.unique(np.concatenate(found))
    ends = np.searchsorted(numbers, firsts).tolist()
    buckets = (numbers & _IN_BUCKETS).tolist()
    return [tuple(buckets[start:end]) for start, end in pairwise(ends)]


def _has_parts(form: str) -> bool:
    if not _LEAST_LETTERS <= len(form) <= _LONGEST_FORM or not form.replace("-", "").isalpha():
        return False
    return is_known(form) or not find_by_name(form)


def _frame(form: str) -> str:
    return f"^{form}$"
