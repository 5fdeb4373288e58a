"""All names of areas: which words of a text spell which areas.

What a word may be in names is worked out once and remembered; longer names are looked up word by word, as far as some
name goes on. Time is linear in the text: no name has more than a handful of words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from nlp.areas import all_name_keys, bare_name, is_in_city, is_large, name_key
from nlp.frequency import zipf
from nlp.memory import Memory
from nlp.places.landmarks import load_landmarks
from nlp.places.tokens import Tokens
from nlp.places.words import load_aliases, load_words

PLAIN_ZIPF = 5.2
_JOINED_MIN = 7
_JOINED_WORDS = 4
_KEPT_WORDS = 1 << 15
_COLLOQUIAL_ZIPF = 3.6
_GLUED = ("di", "ke")
_GLUED_NAME_MIN = 5
_BASE_MIN = 5
_BASE_ZIPF = 3.2
_COMMON_ZIPF = 4.0
_NUMBERED = frozenset({"ilir", "ulu"})
"""The last word of names that are numbers: "35 Ilir", officially "Tiga Puluh Lima Ilir"."""
_DIGITS = {
    word: number for number, word in enumerate(("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh"), start=1)
} | {"delapan": 8, "sembilan": 9, "sepuluh": 10, "sebelas": 11}
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_NUMERALS = frozenset(_DIGITS) | frozenset(_ROMAN)


class Hit(NamedTuple):
    """Words `first` to before `last` of a text spell the name with this index."""

    first: int
    last: int
    name: int
    everyday: float


class _Word(NamedTuple):
    """What a word may be in names: a whole one, the first of several, a further one, the start of a joined one."""

    name: int | None
    opens: bool
    goes_on: bool
    joins: bool
    glued: int | None
    """The large area of "dijombang"."""


_UNKNOWN = _Word(name=None, opens=False, goes_on=False, joins=False, glued=None)


@dataclass(frozen=True)
class Gazetteer:
    """Names, and the areas of each."""

    names: Sequence[str]
    codes: Sequence[tuple[str, ...]]
    numbers: Mapping[str, int | None]
    """Which name it is; None for several words that only begin one."""
    firsts: frozenset[str]
    inner: frozenset[str]
    """The first and the further words of such names."""
    joined: Mapping[str, Sequence[int]]
    openings: Sequence[str]
    heads: frozenset[str]
    """The first letters of the names written as one word."""
    large: frozenset[int]
    """The names that are also a regency's, city's or province's."""

    @cached_property
    def _words(self) -> Memory[_Word | None]:
        return Memory(self._know, most=_KEPT_WORDS)

    @cached_property
    def _shorts(self) -> Memory[bool]:
        return Memory(self._opens_joined, most=_KEPT_WORDS)

    def _know(self, word: str) -> _Word | None:
        """Return None for a word that can be in no name."""
        known = _Word(self._index(word), word in self.firsts, word in self.inner, self._joins(word), self._glued(word))
        return known if known != _UNKNOWN else None

    def _glued(self, word: str) -> int | None:
        if word[:2] not in _GLUED or len(word) < _GLUED_NAME_MIN + 2 or zipf(word):
            return None
        name = self._index(word[2:])
        return name if name in self.large else None

    def _joins(self, letters: str) -> bool:
        """Whether some name, written as one word, starts with these letters, looked up with few steps."""
        if len(letters) < _JOINED_MIN:
            return self._shorts[letters]
        return letters[:_JOINED_MIN] in self.heads and (len(letters) == _JOINED_MIN or self._opens_joined(letters))

    def _opens_joined(self, letters: str) -> bool:
        at = bisect_left(self.openings, letters)
        return at < len(self.openings) and self.openings[at].startswith(letters)

    def at(self, code: str) -> int | None:
        """Return which name is an area's official one."""
        return self._index(next(_spellings(bare_name(code)), ""))

    def _index(self, name: str) -> int | None:
        return self.numbers.get(name)

    def find(self, tokens: Tokens) -> list[Hit]:
        """Return every name the words spell and may mean, overlapping ones too, in the order in which they end."""
        words = list(map(self._words.__getitem__, tokens.keys))
        spelt: list[tuple[int, int, int]] = []
        for first, word in enumerate(words):
            if word is None:
                continue
            if word.name is not None:
                spelt.append((first + 1, first, word.name))
            if word.opens:
                spelt += self._longer_from(tokens, words, first)
        hits = [Hit(first, last, name, _EVERYDAY[self.names[name]]) for last, first, name in sorted(spelt)]
        hits += self._find_respelled(tokens, words)
        return [
            hit
            for hit in hits
            if hit.everyday < PLAIN_ZIPF or hit.name in self.large or _is_announced(tokens, hit.first)
        ]

    def _longer_from(self, tokens: Tokens, words: Sequence[_Word | None], first: int) -> Iterator[tuple[int, int, int]]:
        """Yield last and first word and number of each name of several words, all standing together."""
        spelt = tokens.keys[first]
        for last in range(first + 1, len(words)):
            word = words[last]
            if word is None or not word.goes_on or not (tokens.tied(last - 1) or tokens.slashed(last - 1)):
                return
            spelt = f"{spelt} {tokens.keys[last]}"
            if spelt not in self.numbers:
                return
            name = self.numbers[spelt]
            if name is not None:
                yield last + 1, first, name

    def _find_respelled(self, tokens: Tokens, words: Sequence[_Word | None]) -> Iterator[Hit]:
        """Yield names whose words are joined or split otherwise than officially ("Gununganyar", "kali rungkut")."""
        keys = tokens.keys
        for first, word in enumerate(words):
            if word is None:
                continue
            if word.glued is not None:
                yield Hit(first, first + 1, word.glued, _EVERYDAY[self.names[word.glued]])
            if not word.joins:
                continue
            joined, last, end = keys[first], first + 1, min(first + _JOINED_WORDS, len(keys))
            while True:
                for name in self.joined.get(joined, ()) if len(joined) >= _JOINED_MIN else ():
                    written = " ".join(keys[first:last])
                    if written != self.names[name]:
                        yield Hit(first, last, name, _EVERYDAY[written])
                if last == end or not self._joins(joined := joined + keys[last]) or not tokens.tied(last - 1):
                    break
                last += 1


def _is_announced(tokens: Tokens, first: int) -> bool:
    """Whether a level word stands just before: only there the most common words are villages' names."""
    return first > 0 and tokens.keys[first - 1] in load_words().levels


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Build the automaton of all names, their usual spellings, and the aliases."""
    index: dict[str, list[str]] = defaultdict(list)
    large: set[str] = set()
    for code, name, key in all_name_keys():
        spellings = _forms_of(key) if name.replace(" ", "").isalpha() else tuple(_spellings(name))
        for spelling in spellings:
            index[spelling].append(code)
        if is_large(code):
            large.update(spellings)
    index.update(_without_directions(index))
    for name, code in _known_names():
        index[name] = sorted([*index[name], code])
        if is_large(code):
            large.add(name)
    names = sorted(index)
    joined = _joined(names)
    numbers: dict[str, int | None] = {name: at for at, name in enumerate(names)}
    longer = [name.split() for name in names if " " in name]
    for words in longer:
        for length in range(2, len(words)):
            numbers.setdefault(" ".join(words[:length]))
    return Gazetteer(
        names=names,
        codes=[tuple(codes if len(codes) == 1 else dict.fromkeys(codes)) for codes in map(index.__getitem__, names)],
        joined=joined,
        openings=sorted(joined),
        large=frozenset(at for at, name in enumerate(names) if name in large),
        numbers=numbers,
        firsts=frozenset(words[0] for words in longer),
        inner=frozenset(word for words in longer for word in words[1:]),
        heads=frozenset(letters[:_JOINED_MIN] for letters in joined),
    )


def _joined(names: Sequence[str]) -> dict[str, list[int]]:
    """Return long names as they are written in one word, each with which names they are."""
    shortened = {short for forms in load_words().short_endings.values() for short in forms}
    joined: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        if name.rpartition(" ")[2] in shortened:  # "jawab RT" is no "Jawa Brt"
            continue
        together = name.replace(" ", "")
        if len(together) >= _JOINED_MIN and (together.isalpha() or not any(char.isdigit() for char in together)):
            joined[together].append(at)
    return joined


def _known_names() -> Iterator[tuple[str, str]]:
    """Yield what people call an area, and landmarks, each with its code."""
    for alias, code, _ in load_aliases():
        yield alias, code
    for name, each in load_landmarks().items():
        if each.code:
            yield name, each.code


def _without_directions(index: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return what people call parts of cities together, unless it is a name already: "Kedoya", "Tanjung Duren"."""
    directions, together = load_words().directions, defaultdict[str, list[str]](list)
    for name, codes in index.items():
        base, _, last = name.rpartition(" ")
        if last in directions and len(base) >= _BASE_MIN and base not in index and _is_no_word(base):
            inside = [code for code in codes if is_in_city(code) and not is_large(code)]
            if inside:
                together[base] += inside
    return {base: sorted(codes) for base, codes in together.items()}


def _is_no_word(base: str) -> bool:
    """Whether a name is rare, and more than common words side by side: not "lidah", not "dua puluh delapan"."""
    return everyday(base) < _BASE_ZIPF and any(zipf(word) < _COMMON_ZIPF for word in base.split())


def _spellings(name: str) -> Iterator[str]:
    parts = name.replace("(", "/").replace(")", "/").split("/") if not name.replace(" ", "").isalpha() else (name,)
    for part in parts:
        key = name_key(part)
        if not key.replace(" ", "").isalpha():
            key = " ".join(_digits_apart(key))
        if key:
            yield from _forms_of(key)


def _forms_of(key: str) -> Sequence[str]:
    """Return how a name is written: as it is, and with other forms of its first and last words."""
    first, _, rest = key.partition(" ")
    if not rest:
        return (key,)
    forms = [f"{form} {rest}" for form in _other_forms().get(first, ())]
    base, _, last = key.rpartition(" ")
    forms += [f"{base} {short}" for short in load_words().short_endings.get(last, ())]
    if rest.startswith(f"{first} "):  # "oro2 dowo"
        forms.append(f"{first} 2 {rest[len(first) + 1 :]}")
    if last in _NUMBERED and first in _DIGITS:
        forms.append(f"{' '.join(_in_digits(base.split()))} {last}")
    elif not _NUMERALS.isdisjoint(rest.split()):
        forms += _otherwise_numbered(first, rest.split())
    return (key, *forms) if forms else (key,)


def _otherwise_numbered(first: str, rest: Sequence[str]) -> Iterator[str]:
    """Yield a name with its numeral in digits, in letters and in Roman ones: "Paal IV", "Paal 4", "Paal Empat"."""
    for numerals in zip(_DIGITS.values(), _DIGITS, _ROMAN, strict=False):
        written = {str(each) for each in numerals}
        if not written.isdisjoint(rest):
            for numeral in sorted(written.difference(rest)):
                yield " ".join([first, *(numeral if word in written else word for word in rest)])


def _in_digits(words: Sequence[str]) -> Iterator[str]:
    """Yield the numbers that words say: 35 for "tiga puluh lima", 9 and 10 for "sembilan sepuluh"."""
    number = 0
    for at, word in enumerate(words):
        if word in {"puluh", "belas"}:
            number = number * 10 if word == "puluh" else number + 10
        else:
            if number and (number % 10 or word not in _DIGITS or words[at - 1] != "puluh"):
                yield str(number)
                number = 0
            number += _DIGITS.get(word, 0)
    yield str(number)


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
    frequency = min(zipf(word) for word in words)
    known = load_words()
    if name in known.never:
        return 8.0
    if name in known.colloquial:
        return max(frequency, _COLLOQUIAL_ZIPF)
    # Two everyday words side by side are a name far more often than one alone.
    return frequency if len(words) == 1 else frequency - 0.9 * (len(words) - 1)


_EVERYDAY = Memory(everyday, most=_KEPT_WORDS)
