"""The words of search: one reading of a written word for what people wrote and for what people ask.

A word becomes the stem of its standard spelling (nlp.normalize). Forms that the lemma list does not know are brought
together by a list of roots (data/search/roots.txt) and the affixes of formal and colloquial Indonesian, so that
*pemalakan*, *memalak*, *malakin* and *dipalak* are one word.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from math import fsum, log10

from nlp.frequency import common_words
from nlp.normalize import LONGEST_WORD, normalize_word, stem_spaced

VERSION = "search-words-1"

_CACHED_WORDS = 1 << 15
_NASALS = {
    "p": ("m",), "b": ("mb",), "f": ("mf",), "t": ("n",), "d": ("nd",), "c": ("nc", "ny"), "j": ("nj",),
    "s": ("ny",), "k": ("ng",), "g": ("ngg",), "h": ("ngh",),
}  # fmt: skip
"""How the first sound of a root changes behind me- and pe-, and stands alone in speech: palak, memalak, malak."""
_UNCHANGED = frozenset("lmnrwy")
_PREFIXES = ("", "di", "ter", "ke", "ber", "be", "per", "diper", "memper", "se")
_SUFFIXES = ("", "i", "in", "kan", "an", "nya", "annya", "kannya", "inya", "ku", "mu")


@lru_cache(_CACHED_WORDS)
def search_stem(word: str) -> str:
    """Return what a written word is searched as; two words apart by a blank where it stands for two."""
    if len(word) > LONGEST_WORD:
        return word.casefold()
    folded = word.casefold()
    root = _forms().get(folded)
    if root is not None:
        return root
    normal = normalize_word(word)
    return _forms().get(normal) or stem_spaced(normal)


@lru_cache(_CACHED_WORDS)
def frequency_of_forms(stem: str) -> float:
    """Return how common a stem is in everyday Indonesian in all its forms, on the Zipf scale; 0 for unknown ones.

    Many stems hardly stand alone: *genang* is rare, but *genangan* is not.
    """
    common = common_words()
    forms = _inflect(stem) if stem.isalpha() else {stem}
    frequency = fsum(common.get(form, 0.0) for form in sorted(forms))
    return log10(frequency) + 9 if frequency else 0.0


@cache
def function_words() -> frozenset[str]:
    """Return the stems that a query need not find."""
    return frozenset(_read_lines("function_words.txt"))


@cache
def _forms() -> dict[str, str]:
    return {form: root for root in _read_lines("roots.txt") for form in _inflect(root)}


def _inflect(root: str) -> set[str]:
    starts = {prefix + root for prefix in _PREFIXES} | set(_nasal_forms(root))
    return {start + suffix for start in starts for suffix in _SUFFIXES}


def _nasal_forms(root: str) -> list[str]:
    first, rest = root[0], root[1:]
    if len(root) == 3:  # one syllable: mengecor, pengecoran, ngecor
        return [f"menge{root}", f"penge{root}", f"nge{root}"]
    if first in "aiueo":
        bodies = [f"ng{root}"]
    elif first in _UNCHANGED:
        return [f"me{root}", f"pe{root}", f"nge{root}"]
    else:
        bodies = [nasal + rest for nasal in _NASALS.get(first, ())]
    return [form for body in bodies for form in (f"me{body}", f"pe{body}", body)]


def _read_lines(name: str) -> list[str]:
    lines = files("nlp").joinpath(f"data/search/{name}").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
