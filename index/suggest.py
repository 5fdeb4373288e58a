"""Did you mean: a query with its misspelt words put right, from the words of the index itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import msgspec

from index.engine import TermCount
from index.query_tokens import Token, read_tokens
from index.spelling import allowed_edits, count_edits, is_checkable
from index.tokens import search_terms
from index.topics import topical_stems
from nlp.normalize import is_known
from nlp.search_words import function_words
from nlp.words import TOKEN, clean_text
from sidak.errors import UsageError

SimilarTerms = Callable[[str], tuple[TermCount, ...]]
"""Words of the index spelt like a given one; it knows who asks."""

MAX_CHECKED = 4
"""Words of a query whose spelling is looked up."""
MAX_LOOKUPS = 8
"""Lookups for a whole query, those of words without their affixes included: each costs some milliseconds."""

_TIMES_AS_COMMON = 20
_LEAST_COUNT = 1
_PREFIXES = ("", "di", "ter", "ber", "ke", "pe", "per", "me", "mem", "men", "meng", "se")
_SUFFIXES = ("", "nya", "an", "kan", "i")
_SHORTEST_ROOT = 4


class _Better(msgspec.Struct, frozen=True):
    edits: int
    count: int
    word: str
    topical: bool


def suggest_query(text: str, similar: SimilarTerms) -> str | None:
    """Return the query in better spelling, or None where every word is well known or nothing is close.

    Whoever asks must still look whether the suggestion finds anything for them.
    """
    text = clean_text(text)
    similar = _at_most(MAX_LOOKUPS, similar)
    pieces, done, checked, changed = [], 0, 0, False
    for word, start, end in _words(text):
        if checked == MAX_CHECKED:
            break
        if not _is_doubtful(word):
            continue
        checked += 1
        better = _better_spelling(word, similar)
        if better is not None:
            pieces += [text[done:start], better]
            done, changed = end, True
    return "".join(pieces) + text[done:] if changed else None


def _at_most(most: int, similar: SimilarTerms) -> SimilarTerms:
    lookups = count()
    return lambda word: similar(word) if next(lookups) < most else ()


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a query with their places; fields, operators and prefixes have a meaning of their own."""
    try:
        tokens: list[Token] = list(read_tokens(text))
    except UsageError:
        return
    for token in tokens:
        if token.kind in {"word", "phrase"} and not token.text.endswith("*"):
            start = token.at + (token.kind == "phrase")
            for found in TOKEN.finditer(token.text):
                yield found.group(), start + found.start(), start + found.end()


def _is_doubtful(word: str) -> bool:
    stems = search_terms(word)
    return len(stems) == 1 and is_checkable(stems[0]) and stems[0] not in function_words()


def _better_spelling(word: str, similar: SimilarTerms) -> str | None:
    """Return a spelling that far more reports have; an unknown word is looked up without its affixes too."""
    stem = search_terms(word)[0]
    found = {each.term: each.count for each in similar(stem)}
    own = found.pop(stem, 0)
    if own and (is_known(word.casefold()) or is_known(stem)):
        return None
    least = max(_LEAST_COUNT, _TIMES_AS_COMMON * own)
    options = [_better(stem, term, term, count) for term, count in found.items() if count >= least]
    if not own and stem == word.casefold():
        options += _inflected(stem, similar)
    sensible = (option for option in options if option.word not in function_words())
    best = min(sensible, key=lambda each: (each.edits, not each.topical, -each.count, each.word), default=None)
    return best.word if best else None


def _inflected(word: str, similar: SimilarTerms) -> Iterator[_Better]:
    """Yield forms of other roots with the affixes that the word has: dipalk, dipalak."""
    looked_up: dict[str, tuple[TermCount, ...]] = {}
    for prefix in _PREFIXES:
        for suffix in _SUFFIXES:
            root = word.removeprefix(prefix).removesuffix(suffix)
            if prefix + root + suffix != word or root == word or len(root) < _SHORTEST_ROOT or not is_checkable(root):
                continue
            if root not in looked_up:
                looked_up[root] = similar(root) if len(looked_up) < MAX_CHECKED else ()
            for each in looked_up[root]:
                form = f"{prefix}{each.term}{suffix}"
                if each.count >= _LEAST_COUNT and form != word and _is_form(form, each.term):
                    yield _better(root, each.term, form, each.count)


def _is_form(form: str, root: str) -> bool:
    return is_known(form) or search_terms(form) == [root]


def _better(meant_for: str, term: str, word: str, count: int) -> _Better:
    edits = count_edits(meant_for, term, most=allowed_edits(meant_for))
    return _Better(edits=edits, count=count, word=word, topical=term in topical_stems())
