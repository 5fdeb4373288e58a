"""Overlapping mentions: which of them is meant, by how near they are and how much of the text they explain."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.frequency import zipf
from nlp.places.belief import any_large
from nlp.places.mention import Mention
from nlp.places.words import load_words

# A word rarer than this makes a longer name far away the one that is meant ("Batang Toru").
_OWN_ZIPF = 3.5


def without_overlaps(mentions: list[Mention], expected: Sequence[str]) -> list[Mention]:
    """Keep the best of overlapping mentions: large or expected areas, then the longest name."""
    taken: set[int] = set()
    kept: list[Mention] = []
    near = {at for each in mentions if _is_near(each) for at in range(each.first, each.last)}

    def worth(mention: Mention) -> tuple[bool, int, int]:
        preferred = not expected or mention.depth is not None or _is_near(mention)
        return preferred or _has_word_of_its_own(mention, near), mention.last - mention.opens, -mention.first

    for mention in sorted(mentions, key=worth, reverse=True):
        span = range(mention.first, mention.last)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.first)


def _is_near(mention: Mention) -> bool:
    return mention.near != "far" or any_large(mention.codes)


def _has_word_of_its_own(mention: Mention, near: set[int]) -> bool:
    """Whether a longer name far away has a word of its own or is known: "Batang Toru", not "Keputih Baru"."""
    words = mention.name.split()
    if len(words) > 1 and mention.name in load_words().well_known:
        return True
    if len(words) != mention.last - mention.first:
        return False
    return any(mention.first + at not in near and zipf(word) < _OWN_ZIPF for at, word in enumerate(words))
