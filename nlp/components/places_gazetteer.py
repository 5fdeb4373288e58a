"""The automaton over all names of areas: which words of a text spell which areas.

Each word is wrapped in two control bytes, so that a match always covers whole words and two names side by
side share no delimiter. Built once (about 2 seconds), found in time linear in the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple, Protocol

from daachorse import MATCH_KIND_STANDARD, DoubleArrayAhoCorasick
from wordfreq import zipf_frequency

from nlp.areas import all_areas, bare_name, name_key
from nlp.components.places_tokens import Tokens
from nlp.components.places_words import load_aliases, load_words
from nlp.memory import Memory

_OPEN, _CLOSE = "\x02", "\x01"
PLAIN_ZIPF = 5.2
_JOINED_MIN = 7
_JOINED_WORDS = 4
_KEPT_WORDS = 1 << 15
_GAP = b"\x03"
_COLLOQUIAL_ZIPF = 3.6
_GLUED = ("di", "ke")
_GLUED_NAME_MIN = 5


class Hit(NamedTuple):
    """Words `first` to before `last` of a text spell the name with this index."""

    first: int
    last: int
    name: int
    everyday: float


class _Opening(NamedTuple):
    """What a word may open: a large area glued to a preposition, and whether a name written as one word."""

    glued: int | None
    joins: bool


class _Automaton(Protocol):
    def find_overlapping(self, haystack: bytes, /) -> list[tuple[int, int, int]]: ...


@dataclass(frozen=True)
class Gazetteer:
    """Names, the areas of each, and how much of an everyday word each is (Zipf frequency, 0 to 8)."""

    names: Sequence[str]
    codes: Sequence[tuple[str, ...]]
    everyday: Sequence[float]
    automaton: _Automaton
    joined: Mapping[str, Sequence[int]]
    openings: Sequence[str]
    large: frozenset[int]
    """The names that are also a regency's, city's or province's."""
    words: frozenset[str]
    """The words of all names."""
    plain: frozenset[int]
    """The names that are the most common words, and no large area's."""

    @cached_property
    def _keys(self) -> Memory[bytes]:
        return Memory(self._key, most=_KEPT_WORDS)

    @cached_property
    def _openings(self) -> Memory[_Opening | None]:
        return Memory(self._opening, most=_KEPT_WORDS)

    def _key(self, word: str) -> bytes:
        """Return what stands for a word in the haystack: a word of no name is only a gap."""
        return f"{_OPEN}{word}{_CLOSE}".encode() if word in self.words else _GAP

    def _opening(self, word: str) -> _Opening | None:
        glued, joins = self._glued(word), self._opens_joined(word)
        return _Opening(glued, joins) if joins or glued is not None else None

    def _glued(self, word: str) -> int | None:
        """Return the large area of "dijombang"."""
        if word[:2] not in _GLUED or len(word) < _GLUED_NAME_MIN + 2 or zipf_frequency(word, "id"):
            return None
        name = self._index(word[2:])
        return name if name in self.large else None

    def _opens_joined(self, letters: str) -> bool:
        """Whether some name, written as one word, starts with these letters."""
        at = bisect_left(self.openings, letters)
        return at < len(self.openings) and self.openings[at].startswith(letters)

    def at(self, code: str) -> int | None:
        """Return which name is an area's official one."""
        return self._index(next(_spellings(bare_name(code)), ""))

    def _index(self, name: str) -> int | None:
        at = bisect_left(self.names, name)
        return at if at < len(self.names) and self.names[at] == name else None

    def find(self, tokens: Tokens) -> list[Hit]:
        """Return every name the words spell and may mean, overlapping ones too, in the order in which they end."""
        keys = list(map(self._keys.__getitem__, tokens.keys))
        found = self.automaton.find_overlapping(b"".join(keys))
        edges = list(accumulate(map(len, keys), initial=0)) if found else []
        hits: list[Hit] = []
        for start, end, name in found:
            first = bisect_left(edges, start)
            if name not in self.plain or self._is_announced(tokens, first):
                hits.append(Hit(first, bisect_left(edges, end, first), name, self.everyday[name]))
        hits += [
            hit
            for hit in self._find_respelled(tokens)
            if hit.everyday < PLAIN_ZIPF or hit.name in self.large or self._is_announced(tokens, hit.first)
        ]
        return [hit for hit in hits if hit.last - hit.first == 1 or tokens.run(hit.first, hit.last)]

    def _is_announced(self, tokens: Tokens, first: int) -> bool:
        """Whether a level word stands just before: only there the most common words are villages' names."""
        return first > 0 and tokens.keys[first - 1] in load_words().levels

    def _find_respelled(self, tokens: Tokens) -> Iterator[Hit]:
        """Yield names whose words are joined or split otherwise than officially ("Gununganyar", "kali rungkut")."""
        openings, keys = self._openings, tokens.keys
        for first, opening in enumerate(map(openings.__getitem__, keys)):
            if opening is None:
                continue
            if opening.glued is not None:
                yield Hit(first, first + 1, opening.glued, self.everyday[opening.glued])
            if not opening.joins:
                continue
            joined = ""
            for last, key in enumerate(keys[first : first + _JOINED_WORDS], start=first + 1):
                joined += key
                if last > first + 1 and not ((opening := openings[joined]) and opening.joins):
                    break
                for name in self.joined.get(joined, ()) if len(joined) >= _JOINED_MIN else ():
                    written = " ".join(keys[first:last])
                    if written != self.names[name]:
                        yield Hit(first, last, name, everyday(written))


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Build the automaton of all names, their usual spellings, and the aliases."""
    index: dict[str, set[str]] = defaultdict(set)
    for code, name in all_areas():
        for spelling in _spellings(name):
            index[spelling].add(code)
    for alias, code in load_aliases().items():
        index[alias].add(code)
    names = sorted(index)
    patterns = [("".join(f"{_OPEN}{word}{_CLOSE}" for word in name.split())).encode() for name in names]
    joined: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        together = name.replace(" ", "")
        if len(together) >= _JOINED_MIN and not any(char.isdigit() for char in together):
            joined[together].append(at)
    large = frozenset(at for at, name in enumerate(names) if any(code.count(".") <= 1 for code in index[name]))
    commonness = [everyday(name) for name in names]
    return Gazetteer(
        names=names,
        codes=[tuple(sorted(index[name])) for name in names],
        everyday=commonness,
        joined=joined,
        openings=sorted(joined),
        large=large,
        plain=frozenset(at for at, zipf in enumerate(commonness) if zipf >= PLAIN_ZIPF and at not in large),
        words=frozenset(word for name in names for word in name.split()),
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
        for form in _other_forms().get(words[0], ()):
            yield " ".join([form, *words[1:]])


@lru_cache(maxsize=1)
def _other_forms() -> dict[str, tuple[str, ...]]:
    """Return how else people write the first word of a name, short forms and the long one."""
    forms = dict(load_words().short_forms)
    long = {short: (word, *shorts) for word, shorts in load_words().short_forms.items() for short in shorts}
    return {**long, **forms}


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


def everyday(name: str) -> float:
    """Return how much of an everyday word a name is; of several words the rarest decides."""
    words = name.split()
    frequency = min(float(zipf_frequency(word, "id")) for word in words)
    known = load_words()
    if name in known.never:
        return 8.0
    if name in known.colloquial:
        return max(frequency, _COLLOQUIAL_ZIPF)
    # Two everyday words side by side are a name far more often than one alone.
    return frequency if len(words) == 1 else frequency - 0.9 * (len(words) - 1)
