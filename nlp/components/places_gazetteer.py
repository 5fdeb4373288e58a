"""The automaton over all names of areas: which words of a text spell which areas.

Each word is wrapped in two control bytes, so that a match always covers whole words and two names side by
side share no delimiter. Built once (about 2 seconds), found in time linear in the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

from daachorse import MATCH_KIND_STANDARD, DoubleArrayAhoCorasick
from wordfreq import zipf_frequency

from nlp.areas import all_areas, bare_name, name_key
from nlp.components.places_tokens import Tokens
from nlp.components.places_words import load_aliases, load_words

_OPEN, _CLOSE = "\x02", "\x01"
_JOINED_MIN = 7
_JOINED_WORDS = 4
_KEPT_OPENINGS = 1 << 16
_KEPT_LETTERS = 24
_COLLOQUIAL_ZIPF = 3.6
_GLUED = ("di", "ke")
_GLUED_NAME_MIN = 5


class Hit(NamedTuple):
    """Words `first` to before `last` of a text spell the name with this index."""

    first: int
    last: int
    name: int
    everyday: float


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
    _known: dict[str, bool] = field(default_factory=dict)

    def opens_joined(self, letters: str) -> bool:
        """Whether some name, written as one word, starts with these letters."""
        known = self._known.get(letters)
        if known is None:
            at = bisect_left(self.openings, letters)
            known = at < len(self.openings) and self.openings[at].startswith(letters)
            if len(self._known) < _KEPT_OPENINGS and len(letters) <= _KEPT_LETTERS:
                self._known[letters] = known
        return known

    def at(self, code: str) -> int | None:
        """Return which name is an area's official one."""
        return self._index(next(_spellings(bare_name(code)), ""))

    def _index(self, name: str) -> int | None:
        at = bisect_left(self.names, name)
        return at if at < len(self.names) and self.names[at] == name else None

    def find(self, tokens: Tokens) -> list[Hit]:
        """Return every name the words spell, overlapping ones too, in the order in which they end."""
        at_byte = tokens.at_byte
        found = self.automaton.find_overlapping(tokens.haystack)
        hits = [Hit(at_byte[start], at_byte[end], name, self.everyday[name]) for start, end, name in found]
        hits.extend(self._find_respelled(tokens))
        return [hit for hit in hits if tokens.run(hit.first, hit.last)]

    def _find_respelled(self, tokens: Tokens) -> Iterator[Hit]:
        """Yield names whose words are joined or split otherwise than officially ("Gununganyar", "kali rungkut")."""
        for first, key in enumerate(tokens.keys):
            if key[:2] in _GLUED and len(key) >= _GLUED_NAME_MIN + 2 and not zipf_frequency(key, "id"):
                # "dijombang"
                name = self._index(key[2:])
                if name is not None and name in self.large:
                    yield Hit(first, first + 1, name, self.everyday[name])
            if not self.opens_joined(key):
                continue
            joined = ""
            for last in range(first + 1, min(first + _JOINED_WORDS, len(tokens)) + 1):
                joined += tokens.keys[last - 1]
                if last > first + 1 and not self.opens_joined(joined):
                    break
                for name in self.joined.get(joined, ()) if len(joined) >= _JOINED_MIN else ():
                    written = " ".join(tokens.keys[first:last])
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
    return Gazetteer(
        names=names,
        codes=[tuple(sorted(index[name])) for name in names],
        everyday=[everyday(name) for name in names],
        joined=joined,
        openings=sorted(joined),
        large=frozenset(at for at, name in enumerate(names) if any(code.count(".") <= 1 for code in index[name])),
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
