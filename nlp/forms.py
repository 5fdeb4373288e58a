"""What is known of a written form, worked out once: most words of a stream were met before.

The memory is one plain dict, so that the forms of a whole text are looked up at C speed:
`list(map(FORMS.__getitem__, words))`. It forgets everything when full, which bounds it whatever is read.
"""

from __future__ import annotations

from typing import NamedTuple

from nlp.normalize import is_readable, match_form, normalize_word, stem_word
from nlp.words import is_word

KEPT_FORMS = 1 << 16
LONGEST_KEPT = 60


class Form(NamedTuple):
    """A token as written, and what every step wants to know of it."""

    written: str
    lower: str
    normal: str
    """Standard spelling (nlp.normalize.normalize_word)."""
    match: str
    """Standard spelling without enclitic: the form under which lexicons know it, and spaCy's NORM."""
    stem: str
    is_word: bool
    """A word, rather than a number, mark, link or mention."""
    is_readable: bool
    """A word, number or tag: what search can use."""


class _Forms(dict[str, Form]):
    """Forms by the token as written; works out what it does not know yet."""

    def __missing__(self, token: str) -> Form:
        form = Form(
            written=token,
            lower=token.lower(),
            normal=normalize_word(token),
            match=match_form(token),
            stem=stem_word(token),
            is_word=is_word(token),
            is_readable=is_readable(token),
        )
        if len(token) <= LONGEST_KEPT:
            if len(self) >= KEPT_FORMS:
                self.clear()
            self[token] = form
        return form


FORMS = _Forms()
"""The one memory of a process; `FORMS[token]` never fails on a token that `nlp.words.TOKEN` cut."""
