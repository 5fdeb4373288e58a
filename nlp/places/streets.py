"""What streets are called all over the country, and which main streets people name without "jalan"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from nlp.places.tokens import Tokens
from nlp.places.words import read_data


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
    data = tomllib.loads(read_data("streets.toml"))
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


class Names:
    """Names to look for: `longest` says of each first word how many words its longest name has."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.longest: dict[str, int] = {}
        for words in (name.split() for name in self.names):
            self.longest[words[0]] = max(self.longest.get(words[0], 0), len(words))

    def words_at(self, tokens: Tokens, first: int) -> int:
        """Return how many words from `first` on make the longest of these names, 0 for none."""
        most = min(self.longest.get(tokens.keys[first], 0), len(tokens) - first)
        for length in range(most, 0, -1):
            if " ".join(tokens.keys[first : first + length]) in self.names and tokens.run(first, first + length):
                return length
        return 0
