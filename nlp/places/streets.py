"""What streets are called all over the country, and which main streets people name without "jalan"."""

from __future__ import annotations

import tomllib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from nlp.places.tokens import Tokens

_MAX_WORDS = 4


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Names of streets: at once after "jalan", there only where "di" or the like stands before, or without "jalan"."""

    after_jalan: frozenset[str]
    cued: frozenset[str]
    bare: frozenset[str]
    honours: frozenset[str]
    common: frozenset[str]


@lru_cache(maxsize=1)
def load_streets() -> Streets:
    """Read the packaged names once."""
    text = (resources.files("nlp") / "data" / "places" / "streets.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    groups = data["after_jalan"]
    cued, bare = frozenset(groups.pop("cued")), frozenset(data["bare"]["names"])
    after_jalan = bare.union(*groups.values())
    return Streets(
        after_jalan=after_jalan,
        cued=after_jalan | cued,
        bare=bare,
        honours=frozenset(data["honours"]["words"]),
        common=frozenset(data["common"]["before"]),
    )


def words_of_name(tokens: Tokens, first: int, names: AbstractSet[str]) -> int:
    """Return how many words from `first` on make the longest of these names, 0 for none."""
    for length in range(min(_MAX_WORDS, len(tokens) - first), 0, -1):
        if " ".join(tokens.keys[first : first + length]) in names and tokens.run(first, first + length):
            return length
    return 0
