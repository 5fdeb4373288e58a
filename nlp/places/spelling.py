"""Misspelt names ("Kebroan", "bbaat jerawat"), within the regencies that a text is known to be about.

Names are compared as one word in a plainer spelling ("oe" as "u", "y" as "i", "ber" as "br"). Two are alike where one
letter left out of each makes them equal: a letter missing, added, changed, or two swapped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from nlp.areas import bare_name, children
from nlp.frequency import zipf
from nlp.memory import Memory
from nlp.places.gazetteer import Hit, load_gazetteer
from nlp.places.tokens import Tokens
from nlp.places.words import load_words

_MIN_LETTERS = 6
# After "desa" or "kel." a name is sure to follow.
_MIN_SAID_LETTERS = 4
_MAX_LETTERS = 24
_MAX_WORDS = 3
_MAX_FOUND = 8
_KNOWN_ZIPF = 2.0
_KEPT_REGENCIES = 64
_KEPT_WORDS = 1 << 15
_LAST_LETTER = "\U0010ffff"
_TWINS = str.maketrans({"y": "i", "v": "p", "f": "p", "q": "k", "x": "s", "z": "s"})
_SILENT = re.compile(r"(?<=[bcdgkpst])e(?=[lr])")


def find_misspelt(tokens: Tokens, regencies: tuple[str, ...], *, known: Collection[tuple[int, int]]) -> list[Hit]:
    """Return names of these regencies that runs of otherwise unknown words nearly spell; `known` spans are left out."""
    rare = list(map(_RARE.__getitem__, tokens.keys)) if regencies else []
    if True not in rare:
        return []
    spelt = {at for first, last in known for at in range(first, last) if last - first > 1 or rare[at]}
    unknown = {at for at, is_rare in enumerate(rare) if is_rare and at not in spelt}
    found: list[Hit] = []
    end = 0
    near = {first for at in unknown for first in range(max(at - _MAX_WORDS + 1, 0), at + 1)}
    for at in sorted(near - spelt):
        if at < end:
            continue
        hit = _spelt_from(tokens, at, regencies, spelt, rare)
        if hit is not None:
            found.append(hit)
            end = hit.last
            if len(found) == _MAX_FOUND:
                break
    return found


def _spelt_from(
    tokens: Tokens, first: int, regencies: tuple[str, ...], spelt: Collection[int], rare: Sequence[bool]
) -> Hit | None:
    """Return the longest name that the words from `first` on nearly spell, one of them a rare word."""
    joined, is_rare = "", False
    runs: list[tuple[int, str]] = []
    for at, key in enumerate(tokens.keys[first : first + _MAX_WORDS], start=first):
        apart = at > first and not tokens.tied(at - 1)
        if at in spelt or apart or not key.isalpha() or len(joined) > _MAX_LETTERS:
            break
        joined += key
        is_rare = is_rare or rare[at]
        if is_rare:
            runs.append((at + 1, joined))
    least = _MIN_SAID_LETTERS if tokens.key(first - 1) in load_words().levels else _MIN_LETTERS
    for last, letters in reversed(runs):
        name = _look_up(letters, regencies, least) if len(letters) >= least else None
        if name is not None:
            return Hit(first, last, name, 0.0)
    return None


@lru_cache(1 << 15)
def _look_up(letters: str, regencies: tuple[str, ...], least: int) -> int | None:
    """Return the only name of at least so many letters that these nearly spell, in the first regency that has one."""
    plain = _plain(letters)
    for regency in regencies:
        names = _names_of(regency)
        like = names.like(plain)
        name = _only_name(plain, like, names, least) if like else None
        if name is not None:
            return name
    return None


def _only_name(plain: str, like: Iterable[str], names: _Names, least: int) -> int | None:
    near = [name for name in like if len(name) >= least and _is_one_slip(plain, name)]
    found = {load_gazetteer().at(code) for name in near for code in names.codes[name] if _is_alike(plain, code)}
    return found.pop() if len(found) == 1 else None


def _is_one_slip(one: str, other: str) -> bool:
    """Whether a letter missing, added or changed, or two neighbours swapped, is all that parts two words."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_other = one[same:], other[same:]
    if len(one) != len(other):
        longer, shorter = max(rest, rest_other, key=len), min(rest, rest_other, key=len)
        return longer[1:] == shorter
    return rest[1:] == rest_other[1:] or (rest[1::-1] == rest_other[:2] and rest[2:] == rest_other[2:])


class _Names(NamedTuple):
    """The names of a regency's kecamatan and kelurahan in plain spelling, sorted from either end, with their areas."""

    forward: Sequence[str]
    backward: Sequence[str]
    codes: Mapping[str, Sequence[str]]

    def like(self, plain: str) -> set[str]:
        """Return the names that share a half with a word: a slip leaves one of the two as it is."""
        opening, ending = plain[: len(plain) // 2], plain[::-1][: (len(plain) - 1) // 2]
        opened, ended = _opened_by(opening, self.forward), _opened_by(ending, self.backward)
        return {*opened, *[name[::-1] for name in ended]} if opened or ended else set()


def _opened_by(letters: str, ordered: Sequence[str]) -> Sequence[str]:
    first = bisect_left(ordered, letters)
    if first == len(ordered) or not ordered[first].startswith(letters):
        return ()
    return ordered[first : bisect_left(ordered, letters + _LAST_LETTER, first)]


@lru_cache(_KEPT_REGENCIES)
def _names_of(regency: str) -> _Names:
    """Return a regency's names; all are brought to plain spelling at once, since a text names many regencies."""
    areas = [code for kecamatan in children(regency) for code in (kecamatan, *children(kecamatan))]
    written = "\n".join(map(bare_name, areas)).lower().replace(" ", "")
    codes: dict[str, list[str]] = {}
    for code, letters, plain in zip(areas, written.split("\n"), _plain(written).split("\n"), strict=True):
        is_one_name = letters.isascii() and letters.isalpha()  # no marks, no numbers
        codes.setdefault(plain if is_one_name else _first_name(code), []).append(code)
    return _Names(sorted(codes), sorted([name[::-1] for name in codes]), codes)


def _first_name(code: str) -> str:
    gazetteer = load_gazetteer()
    number = gazetteer.at(code)
    return "" if number is None else _plain(gazetteer.names[number].replace(" ", ""))


def _is_alike(plain: str, code: str) -> bool:
    """Whether one letter left out of each makes a word and the letters of an area's official name equal."""
    official = _plain("".join(filter(str.isalpha, bare_name(code).lower())))
    return _MIN_SAID_LETTERS <= len(official) <= _MAX_LETTERS and (
        _is_one_slip(plain, official) or not set(_forms(plain)).isdisjoint(_forms(official))
    )


def _forms(plain: str) -> list[str]:
    return [plain, *[plain[:at] + plain[at + 1 :] for at in range(len(plain))]]


def sounds_like(letters: str, name: str) -> bool:
    """Whether a word is a name in another spelling of the same sounds ("Bringin", "Beringin")."""
    return _plain(letters) == _plain(name.replace(" ", ""))


def _plain(letters: str) -> str:
    return _SILENT.sub("", letters.replace("oe", "u").replace("pulau", "pulo").replace("dj", "j").translate(_TWINS))


def _is_rare(word: str) -> bool:
    return zipf(word) < _KNOWN_ZIPF


_RARE = Memory(_is_rare, most=_KEPT_WORDS)
