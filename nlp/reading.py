"""A text cut into words once, with what is known of each word: shared by every step that reads it.

`reading_of(doc)` gives a Doc's. The lists run parallel, and everything else is worked out when first asked for. A Doc's
tokens are these words, except that white space before the first word is a token of its own (`first_token`).
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate, count
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, cast

from nlp.cutting import Cutter
from nlp.forms import FORMS, Form
from nlp.normalize import VERSION
from nlp.phrasebook import Meaning, phrasebook
from nlp.words import TOKEN, clean_text, is_plain
from sidak.models import Normalized

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Doc

_KEPT_PIECES = 1 << 15
_written = attrgetter("written")
_match = attrgetter("match")
_stem = attrgetter("stem")
_lower = attrgetter("lower")
_key = attrgetter("key")
_by_first_word = itemgetter(1)
_STOPS = frozenset({".", "!", "?", ";"})


def _cut(piece: str) -> Iterable[tuple[Form, int, int]]:
    if is_plain(piece):
        return ((FORMS[piece], 0, len(piece)),)
    return ((FORMS[match.group()], *match.span()) for match in TOKEN.finditer(piece))


_CUTTER = Cutter(_cut, most=_KEPT_PIECES)


FoundPhrase = tuple[Meaning, int, int]
"""A phrase of the lexicons: what it means, its first word, and the word after it."""


class Reading:
    """Words, offsets and forms of one text; offsets are characters of `text`, which is as long as the text given."""

    def __init__(self, text: str) -> None:
        self.text = clean_text(text)
        cut = _CUTTER.cut(self.text)
        self.forms: Sequence[Form] = cut.words
        self.words: Sequence[str] = list(map(_written, cut.words))
        self.starts: Sequence[int] = cut.starts
        self.ends: Sequence[int] = cut.ends

    def __len__(self) -> int:
        return len(self.words)

    @property
    def first_token(self) -> int:
        """Which token of the Doc is the first word: 1 where the text begins with white space, else 0."""
        return 1 if self.starts and self.starts[0] > 0 else 0

    @cached_property
    def lowers(self) -> list[str]:
        """Each token in small letters."""
        return list(map(_lower, self.forms))

    @cached_property
    def matches(self) -> list[str]:
        """Each token as lexicons know it: standard spelling without enclitic."""
        return list(map(_match, self.forms))

    @cached_property
    def stems(self) -> list[str]:
        """Each token's stem; marks, links and mentions stand for themselves, so that the list runs parallel."""
        return list(map(_stem, self.forms))

    @cached_property
    def word_stems(self) -> list[str]:
        """The stems of the words alone, in the order of the text."""
        return [form.stem for form in self.forms if form.is_word]

    @cached_property
    def stops(self) -> list[int]:
        """Which words are marks that end a sentence."""
        return [index for index, word in enumerate(self.words) if word in _STOPS]

    @cached_property
    def phrases(self) -> list[FoundPhrase]:
        """Every phrase of the lexicons, overlapping ones too, by where they start; the longest first."""
        keys = list(map(_key, self.forms))
        haystack = "".join(keys).encode()
        book = phrasebook()
        hits = book.find(haystack)
        if not hits:
            return []
        lengths = map(len, keys) if haystack.isascii() else (len(key.encode()) for key in keys)
        edges = dict(zip(accumulate(lengths, initial=0), count()))
        found: list[FoundPhrase] = []
        for start, end, pattern in reversed(hits):  # they come in the order in which they end
            first, last = edges.get(start), edges.get(end)
            if first is not None and last is not None:  # a link may hold control characters
                for meaning in book.meanings[pattern]:
                    found.append((meaning, first, last))  # noqa: PERF401 - mostly one: a list of it would cost more
        found.sort(key=_by_first_word)
        return found


NOT_NORMALIZED = Normalized(text="", stems="", model=VERSION)


def normalized_reading(reading: Reading) -> Normalized:
    """Return what `nlp.normalize.normalize_text` returns for the reading's text."""
    readable = [form for form in reading.forms if form.is_readable]
    return Normalized(
        text=" ".join([form.normal for form in readable]),
        stems=" ".join([form.indexed for form in readable]),
        model=VERSION,
    )


def reading_of(doc: Doc) -> Reading:
    """Return the reading that a Doc was built from."""
    reading = doc.user_data.get("reading")
    if reading is None:  # a Doc that somebody put together without our tokenizer
        reading = doc.user_data["reading"] = Reading(doc.text)
    return cast("Reading", reading)
