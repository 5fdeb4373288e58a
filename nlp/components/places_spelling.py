"""Misspelt names ("Kebroan", "bbaat jerawat"), within the regencies that a text is known to be about.

Names are compared as one word in a plainer spelling ("oe" as "u", "y" as "i", "ber" as "br"). Two are alike where one
letter left out of each makes them equal: a letter missing, added, changed, or two swapped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from nlp.areas import bare_name, children
from nlp.components.places_gazetteer import Hit, load_gazetteer
from nlp.components.places_tokens import Tokens
from nlp.components.places_words import load_words
from nlp.frequency import zipf
from nlp.memory import Memory

_MIN_LETTERS = 6
# After "desa" or "kel." a name is sure to follow.
_MIN_SAID_LETTERS = 4
_MAX_LETTERS = 24
_MAX_WORDS = 3
_MAX_FOUND = 8
_KNOWN_ZIPF = 2.0
_KEPT_REGENCIES = 64
_KEPT_WORDS = 1 << 15
_TWINS = str.maketrans({"y": "i", "v": "p", "f": "p", "q": "k", "x": "s", "z": "s"})
_SILENT = re.compile(r"(?<=[bcdgkpst])e(?=[lr])")


def find_misspelt(tokens: Tokens, regencies: Sequence[str], *, known: Collection[tuple[int, int]]) -> list[Hit]:
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
        hit = _spelt_from(tokens, at, regencies, spelt)
        if hit is not None:
            found.append(hit)
            end = hit.last
            if len(found) == _MAX_FOUND:
                break
    return found


def _spelt_from(tokens: Tokens, first: int, regencies: Sequence[str], spelt: set[int]) -> Hit | None:
    """Return the longest name that the words from `first` on nearly spell."""
    joined, runs = "", []
    for last, key in enumerate(tokens.keys[first : first + _MAX_WORDS], start=first + 1):
        if (
            last - 1 in spelt
            or not key.isalpha()
            or len(joined) > _MAX_LETTERS
            or (last > first + 1 and not tokens.tied(last - 2))
        ):
            break
        joined += key
        runs.append((last, joined))
    least = _MIN_SAID_LETTERS if tokens.key(first - 1) in load_words().levels else _MIN_LETTERS
    for last, letters in reversed(runs):
        if len(letters) < least or True not in map(_RARE.__getitem__, tokens.keys[first:last]):
            continue
        for regency in regencies:
            name = _look_up(letters, regency, least)
            if name is not None:
                return Hit(first, last, name, 0.0)
    return None


@lru_cache(1 << 15)
def _look_up(letters: str, regency: str, least: int) -> int | None:
    """Return the only name of at least so many letters that these nearly spell."""
    index, names = _index(regency), load_gazetteer().names
    plain = _plain(letters)
    alike = {name for form in _forms(plain) for name in index.get(form, ())}
    spelt = {name: _plain(names[name].replace(" ", "")) for name in alike}
    found = {name for name, each in spelt.items() if len(each) >= least and _is_one_slip(plain, each)}
    return found.pop() if len(found) == 1 else None


def _is_one_slip(one: str, other: str) -> bool:
    """Whether a letter missing, added or changed, or two neighbours swapped, is all that parts two words."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_other = one[same:], other[same:]
    if len(one) != len(other):
        longer, shorter = max(rest, rest_other, key=len), min(rest, rest_other, key=len)
        return longer[1:] == shorter
    return rest[1:] == rest_other[1:] or (rest[1::-1] == rest_other[:2] and rest[2:] == rest_other[2:])


@lru_cache(_KEPT_REGENCIES)
def _index(regency: str) -> dict[str, tuple[int, ...]]:
    """Return the names of a regency's kecamatan and kelurahan by every form of theirs."""
    at = load_gazetteer().at
    forms: dict[str, tuple[int, ...]] = {}
    for kecamatan in children(regency):
        for code in (kecamatan, *children(kecamatan)):
            name = at(code)
            plain = _plain("".join(filter(str.isalpha, bare_name(code).lower())))
            if name is not None and _MIN_SAID_LETTERS <= len(plain) <= _MAX_LETTERS:
                for form in _forms(plain):
                    if name not in forms.get(form, ()):
                        forms[form] = (*forms.get(form, ()), name)
    return forms


def _forms(plain: str) -> list[str]:
    return [plain, *[plain[:at] + plain[at + 1 :] for at in range(len(plain))]]


def sounds_like(letters: str, name: str) -> bool:
    """Whether a word is a name in another spelling of the same sounds ("Bringin", "Beringin")."""
    return _plain(letters) == _plain(name.replace(" ", ""))


def _plain(letters: str) -> str:
    return _SILENT.sub("", letters.replace("oe", "u").replace("dj", "j").translate(_TWINS))


def _is_rare(word: str) -> bool:
    return zipf(word) < _KNOWN_ZIPF


_RARE = Memory(_is_rare, most=_KEPT_WORDS)
