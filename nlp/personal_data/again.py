"""Where else in a text parts of a name stand: in any case, with an ending, joined by marks, in a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp.words import is_plain

_ENDINGS = ("nya", "lah", "kah", "pun", "ku", "mu", "ne", "e")
_LETTERS = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"#\w{1,80}")
_SHORTEST_IN_TAG = 5
_ODD_CASES = frozenset("ıİſK")
"""Where case is ignored, these too are taken for "i", "s" and "k"; in small letters they are not."""


def find_again(text: str, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of letters that are one of some parts in small letters, perhaps with an ending."""
    if parts and not _is_simple(text, parts):
        yield from _find_by_pattern(text, parts)
        return
    wanted = {part + ending for part in parts for ending in ("", *_ENDINGS)}
    for match in _LETTERS.finditer(text):  # a pattern of the parts would take longer to compile than to run
        if match.group().lower() in wanted:
            yield match.span()


def find_in_tags(text: str, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where parts stand within tags; short ones would be found in many."""
    longest = [part for part in parts if len(part) >= _SHORTEST_IN_TAG]
    simple = _is_simple(text, longest)
    for tag in _TAG.finditer(text) if longest else ():
        small = tag.group().lower()
        if simple and not any(part in small for part in longest):
            continue
        for match in re.finditer("|".join(map(re.escape, longest)), tag.group(), re.IGNORECASE):
            yield tag.start() + match.start(), tag.start() + match.end()


def _is_simple(text: str, parts: Sequence[str]) -> bool:
    """Whether ignoring case is the same as comparing small letters, and every part is one stretch of letters."""
    return all(map(is_plain, parts)) and (text.isascii() or _ODD_CASES.isdisjoint(text))


def _find_by_pattern(text: str, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    either, ending = "|".join(map(re.escape, parts)), "|".join(_ENDINGS)
    for match in re.finditer(rf"(?i)(?<![^\W\d_])(?:{either})(?:{ending})?(?![^\W\d_])", text):
        yield match.span()
