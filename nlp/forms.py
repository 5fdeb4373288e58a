"""What is known of a written form, worked out once: most words of a stream were met before."""

from __future__ import annotations

from typing import Final, NamedTuple

from nlp.memory import Memory
from nlp.normalize import is_readable, match_form, normalize_word, stem_spaced, stem_word
from nlp.words import is_plain, is_word

KEPT_FORMS = 1 << 16
WORD_OPENS, WORD_CLOSES = "\x02", "\x01"


class Form(NamedTuple):
    """A token as written, and what every step wants to know of it."""

    written: str
    lower: str
    normal: str
    """Standard spelling (nlp.normalize.normalize_word)."""
    match: str
    """Standard spelling without enclitic: the form under which lexicons know it, and spaCy's NORM."""
    stem: str
    indexed: str
    """What search finds it by: the stem, of a slang word that stands for two words the stems of both."""
    is_word: bool
    """A word, rather than a number, mark, link or mention."""
    is_readable: bool
    """A word, number or tag: what search can use."""
    key: str
    """`match` between two control characters: joined, they are what automata over whole words read."""


def _make(token: str) -> Form:
    small = token.lower()
    if small != token and is_plain(token):
        return Form(token, *FORMS[small][1:])  # nothing but the written form knows of capitals
    normal, match = normalize_word(token), match_form(token)
    return Form(
        written=token,
        lower=small,
        normal=normal,
        match=match,
        stem=stem_word(token),
        indexed=stem_spaced(normal),
        is_word=is_word(token),
        is_readable=is_readable(token),
        key=_frame(match),
    )


def word_key(token: str) -> str:
    """Return a token's `Form.key` without the rest of its form."""
    return _frame(match_form(token))


def _frame(match: str) -> str:
    return f"{WORD_OPENS}{match}{WORD_CLOSES}"


FORMS: Final = Memory(_make, most=KEPT_FORMS)
"""The one memory of a process; `FORMS[token]` never fails on a token that `nlp.words.TOKEN` cut."""
