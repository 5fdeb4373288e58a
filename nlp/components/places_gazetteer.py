"""The automaton over all names of areas: which words of a text spell which areas.

Each word is wrapped in two control bytes, so that a match always covers whole words and two names side by
side share no delimiter. Built once (about 2 seconds), found in time linear in the text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from daachorse import MATCH_KIND_STANDARD, DoubleArrayAhoCorasick
from wordfreq import zipf_frequency

from nlp.areas import all_areas, name_key
from nlp.components.places_tokens import Tokens
from nlp.components.places_words import load_aliases, load_words

_OPEN, _CLOSE = "\x02", "\x01"
_JOINED_MIN = 7
_PART_MIN_USES = 8
_SHORT_FORMS = {"gunung": "gn", "tanjung": "tj", "karang": "krg", "sungai": "sei", "kampung": "kp"}
_LONG_FORMS = {"gn": "gunung", "tj": "tanjung", "tg": "tanjung", "sei": "sungai", "kp": "kampung"}


class Hit(NamedTuple):
    """Words `first` to before `last` of a text spell the name with this index."""

    first: int
    last: int
    name: int


class _Automaton(Protocol):
    def find_overlapping(self, haystack: bytes, /) -> list[tuple[int, int, int]]: ...


@dataclass(frozen=True)
class Gazetteer:
    """Names, the areas of each, and how much of an everyday word each is (Zipf frequency, 0 to 8)."""

    names: Sequence[str]
    codes: Sequence[tuple[str, ...]]
    everyday: Sequence[float]
    automaton: _Automaton

    def find(self, tokens: Tokens) -> list[Hit]:
        """Return every name the words spell, overlapping ones too, in the order in which they end."""
        parts = [f"{_OPEN}{key}{_CLOSE}".encode() for key in tokens.keys]
        at_byte: dict[int, int] = {}
        position = 0
        for index, part in enumerate(parts):
            at_byte[position] = index
            position += len(part)
        at_byte[position] = len(parts)
        found = self.automaton.find_overlapping(b"".join(parts))
        hits = (Hit(at_byte[start], at_byte[end], name) for start, end, name in found)
        return [hit for hit in hits if tokens.run(hit.first, hit.last)]


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Build the automaton of all names, their joined and split spellings, and the aliases."""
    index: dict[str, set[str]] = defaultdict(set)
    for code, name in all_areas():
        for spelling in _spellings(name):
            index[spelling].add(code)
    for spelling, joined in list(_split_spellings(index)):
        index[spelling] |= index[joined]
    _share_spellings(index)
    for alias, code in load_aliases().items():
        index[alias].add(code)
    names = sorted(index)
    patterns = [("".join(f"{_OPEN}{word}{_CLOSE}" for word in name.split())).encode() for name in names]
    return Gazetteer(
        names=names,
        codes=[tuple(sorted(index[name])) for name in names],
        everyday=[_everyday(name) for name in names],
        automaton=DoubleArrayAhoCorasick(patterns, MATCH_KIND_STANDARD),
    )


def _spellings(name: str) -> Iterator[str]:
    for part in name.replace("(", "/").replace(")", "/").split("/"):
        key = " ".join(_digits_apart(name_key(part)))
        words = key.split()
        if not words:
            continue
        yield key
        if len(words) == 1:
            continue
        joined = "".join(words)
        if len(joined) >= _JOINED_MIN and not any(char.isdigit() for char in joined):
            yield joined
        for forms in (_SHORT_FORMS, _LONG_FORMS):
            if words[0] in forms:
                yield " ".join([forms[words[0]], *words[1:]])


def _digits_apart(key: str) -> Iterator[str]:
    """Split "sp3" as the words of a text are split: letters and digits apart."""
    word = ""
    for char in key:
        if word and (char.isdigit() != word[-1].isdigit() or char == " "):
            yield word
            word = ""
        word += "" if char == " " else char
    if word:
        yield word


def _split_spellings(index: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Yield (spelling in two words, name in one word) where one half is a usual part of names ("kali rungkut")."""
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for name in index:
        words = name.split()
        if len(words) > 1:
            first[words[0]] += 1
            last[words[-1]] += 1
    heads = {word for word, uses in first.items() if uses >= _PART_MIN_USES and len(word) >= 4}
    tails = {word for word, uses in last.items() if uses >= _PART_MIN_USES and len(word) >= 4}
    for name in list(index):
        words = name.split()
        for at, word in enumerate(words):
            for cut in range(3, len(word) - 2) if len(word) >= 8 else ():
                if word[:cut] in heads or word[cut:] in tails:
                    yield " ".join([*words[:at], word[:cut], word[cut:], *words[at + 1 :]]), name


def _share_spellings(index: dict[str, set[str]]) -> None:
    """Let names that differ only in where they are split mean each other's areas ("Tambak Rejo", "Tambakrejo")."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in index:
        groups[name.replace(" ", "")].append(name)
    for joined, names in groups.items():
        if len(names) > 1 and len(joined) >= _JOINED_MIN:
            shared = set().union(*(index[name] for name in names))
            index.update(dict.fromkeys(names, shared))


def _everyday(name: str) -> float:
    """Return how much of an everyday word a name is; of several words the rarest decides."""
    words = name.split()
    frequency = min(float(zipf_frequency(word, "id")) for word in words)
    if name in load_words().never:
        return 8.0
    # Two everyday words side by side are a name far more often than one alone.
    return frequency if len(words) == 1 else frequency - 0.9 * (len(words) - 1)
