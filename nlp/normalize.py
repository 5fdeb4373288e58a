"""Standard spelling and stems of colloquial Indonesian, one word form at a time; knows nothing of spaCy.

The steps, in order: case and compatibility forms, slang list, letters drawn out, doubled words written with "2",
digits for letters, colloquial affixes. A step only acts where its result is a known word, or where nothing else could
be meant; what it does not know it leaves as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from simplemma.strategies import DictionaryLookupStrategy, MorphemeDecompositionStrategy

from nlp.frequency import common_words
from nlp.words import INVISIBLE, clean_text, is_word, iter_words
from sidak.models import Normalized

VERSION = "normalize-2"
LONGEST_WORD = 40
"""Longer forms are no words: they are lower-cased and left alone."""

_CACHED_FORMS = 1 << 14
"""The forms of running text are remembered in nlp/forms.py; these only spare it the same work for one form."""
_HIDDEN = re.compile(f"[{INVISIBLE}]")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_TRIPLE = re.compile(r"(.)\1\1")
"""What every drawn-out word holds; looked for in a fraction of the time."""
_DOUBLED = re.compile(r"([^\W\d_]{2,})[2²]([^\W\d_]*)")
_LEET = str.maketrans("0134579", "oieastg")
_HAS_DIGIT = re.compile(r"\d")
_DOUBLED_SUFFIXES = frozenset({"", "an", "nya", "ku", "mu"})
_ENCLITICS = ("nya", "lah", "kah", "pun", "ku", "mu")
_REGIONAL_ENCLITICS = ("nyo", "e", "ne", "na")
"""Minangkabau, Javanese and Sundanese for "nya": aspale, jalanna, lampunyo."""
_REGIONAL_PREFIXES = {"ma": "me", "ba": "ber", "ta": "ter", "ka": "ke", "pa": "pe", "sa": "se"}
"""Minangkabau and Banjarese: manutup, balubang, kacamatan, sabulan."""
_SHORTEST_PREFIXED = 5
"""Shorter words are too often names: Karah, Manang."""
_REGIONAL_ENDINGS = {"uang": "ung", "uak": "uk", "uik": "ut", "iak": "ik", "uah": "uh", "iah": "ih"}
"""Minangkabau: kampuang, masuak, jatuah."""
_ENDINGS = tuple(_REGIONAL_ENDINGS)
_IN_DICTIONARY = DictionaryLookupStrategy()
_OF_AFFIXES = MorphemeDecompositionStrategy(_IN_DICTIONARY)
_LAUGH_STARTS = frozenset("ahwx")
_LAUGH = re.compile(r"a?(?:ha){2,}h*|(?:he){2,}h*|(?:hi){2,}h*|(?:wk){2,}w?|(?:xi){2,}")


def normalize_word(word: str) -> str:
    """Return the standard spelling of one token; marks, links and numbers come back lower-cased."""
    if len(word) > LONGEST_WORD:
        return word.casefold()
    return _normalize(word)


def stem_word(word: str) -> str:
    """Return the stem of one token, by which search and trends bring its forms together."""
    if len(word) > LONGEST_WORD:
        return word.casefold()
    return _stem_form(word)


def match_form(word: str) -> str:
    """Return the form under which lexicons know a token: standard spelling without enclitic (lampunya: lampu)."""
    normal = normalize_word(word)
    return _without_enclitic(normal) if normal.endswith("nya") and len(normal) <= LONGEST_WORD else normal


def normalize_text(text: str) -> Normalized:
    """Return the standard spelling and the stems of a text; marks and links are left out of both."""
    words = [normalize_word(word) for word, _, _ in iter_words(clean_text(text)) if is_readable(word)]
    return Normalized(text=" ".join(words), stems=" ".join(map(stem_spaced, words)), model=VERSION)


def is_readable(token: str) -> bool:
    """Tell words, numbers and tags, which search can use, from marks, links and mentions."""
    return is_word(token) or token[0].isdecimal() or (token[0] == "#" and len(token) > 1)


def is_known(word: str) -> bool:
    """Tell whether a lower-cased word is a common word of Indonesian."""
    return word in _vocabulary()


@lru_cache(_CACHED_FORMS)
def _normalize(word: str) -> str:
    word = word.lower() if word.isascii() else _fold(word)
    if not word or not word[0].isalpha():
        return word.lstrip("#") or word
    found = _slang().get(word)
    if found is not None:
        return found
    word = _shorten(word)
    if not word.isalpha():
        doubled = _DOUBLED.fullmatch(word)
        if doubled is not None and doubled[2] in _DOUBLED_SUFFIXES:
            half = _slang().get(doubled[1], doubled[1])
            return f"{half}-{half}{doubled[2]}"
        if _HAS_DIGIT.search(word):
            word = _read_digits(word)
    if word[0] in _LAUGH_STARTS and _LAUGH.fullmatch(word):
        return "haha"
    return _slang().get(word) or _standard_affixes(word)


def _fold(word: str) -> str:
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", word).casefold()).replace("’", "'")


def _shorten(word: str) -> str:
    """Take drawn-out letters back to one or two, whichever gives a known word; a doubled last letter too."""
    single = _DRAWN_OUT.sub(r"\1", word) if _TRIPLE.search(word) else word
    if single != word:
        double = _DRAWN_OUT.sub(r"\1\1", word)
        return double if _is_form(double) and not _is_form(single) else single
    if len(word) > 3 and word[-1] == word[-2] and not _is_form(word) and _is_form(word[:-1]):
        return word[:-1]
    return word


def _read_digits(word: str) -> str:
    read = word.translate(_LEET)
    return read if _is_form(read) else word


def _standard_affixes(word: str) -> str:
    """Give colloquial verbs their standard form: ngelaporin, dimintain, nyuruh, bayarin."""
    if is_known(word) or len(word) < 5:
        return word
    for candidate in _affix_candidates(word):
        if is_known(candidate):
            return candidate
    return _standard_region(word) or word


def _standard_region(word: str) -> str | None:
    """Read the affixes and endings of Javanese, Sundanese, Minangkabau and Banjarese, where a known word is left."""
    if word.endswith(_REGIONAL_ENCLITICS):
        for tail in _REGIONAL_ENCLITICS:
            if word.endswith(tail) and len(word) - len(tail) > 3:
                bare = _slang().get(word[: -len(tail)], word[: -len(tail)])
                if is_known(bare):
                    return f"{bare}nya"
    forms = [word]
    if word.endswith(_ENDINGS):
        forms += [word.removesuffix(old) + new for old, new in _REGIONAL_ENDINGS.items() if word.endswith(old)]
    prefix = _REGIONAL_PREFIXES.get(word[:2])
    if prefix and len(word) > _SHORTEST_PREFIXED:
        forms += [prefix + form[2:] for form in forms]
    return next((_slang().get(form, form) for form in forms[1:] if _is_form(form)), None)


def _affix_candidates(word: str) -> list[str]:
    candidates = []
    body = word.removesuffix("in")
    if word.startswith("di") and body != word:
        root = _slang().get(body[2:], body[2:])
        candidates += [f"di{root}kan", f"di{root}i", f"di{root}"]
    if word.startswith("nge"):
        candidates += [body[3:], f"meng{body[3:]}"]
    elif word.startswith("ng"):
        candidates += [f"meng{body[2:]}", f"me{body}", body[2:], f"k{body[2:]}"]
    elif word.startswith("ny"):
        candidates += [f"me{body}", f"s{body[2:]}", f"c{body[2:]}"]
    elif word[0] in "nm":
        candidates += [f"me{body}", f"{'t' if word[0] == 'n' else 'p'}{body[1:]}"]
    if body != word:
        candidates += [f"{body}kan", f"{body}i", _slang().get(body, body)]
    if word.endswith(_ENCLITICS):
        candidates += [word[: -len(tail)] for tail in _ENCLITICS if word.endswith(tail) and len(word) - len(tail) > 3]
    return candidates


@lru_cache(_CACHED_FORMS)
def _without_enclitic(word: str) -> str:
    bare = word.removesuffix("nya")
    return _slang().get(bare, bare) if len(bare) > 2 and _is_form(bare) else word


def stem_spaced(word: str) -> str:
    """Return the stem of a standard form; of two words written as one, the stems of both."""
    return " ".join(map(_stem, word.split())) if " " in word else _stem(word)


@lru_cache(_CACHED_FORMS)
def _stem_form(word: str) -> str:
    return _stem(_normalize(word))


@lru_cache(_CACHED_FORMS)
def _stem(word: str) -> str:
    first, dash, second = word.partition("-")
    if dash and first and second.startswith(first):
        word = first
    if not word.isalpha():
        return word
    lemma = _lemmatize(word)
    if lemma != word:
        return lemma.casefold()
    if word.endswith(_ENCLITICS):
        for tail in _ENCLITICS:
            if word.endswith(tail) and len(word) - len(tail) > 3 and is_known(word[: -len(tail)]):
                return _lemmatize(word[: -len(tail)]).casefold()
    return word


def _lemmatize(word: str) -> str:
    """Return what `simplemma.lemmatize(word, lang="id")` returns of letters alone, without the steps that need others.

    Those are for marks within words, and for other languages.
    """
    word = unicodedata.normalize("NFC", word)
    return str(_IN_DICTIONARY.get_lemma(word, "id") or _OF_AFFIXES.get_lemma(word, "id") or word)


def _is_form(word: str) -> bool:
    return is_known(word) or word in _slang()


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(common_words())


@cache
def slang_spellings() -> dict[str, str]:
    """Read data/slang.tsv: the standard form, a tab, then its colloquial spellings apart by blanks."""
    return _read_spellings("slang.tsv")


@cache
def _slang() -> dict[str, str]:
    return {**_read_spellings("typos.tsv"), **slang_spellings()}


def _read_spellings(name: str) -> dict[str, str]:
    lines = files("nlp").joinpath(f"data/{name}").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {spelling: standard for standard, spellings in rows for spelling in spellings.split()}
