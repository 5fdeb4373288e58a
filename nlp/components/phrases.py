"""Finds labelled phrases in a text whatever their spelling: one automaton over the words' standard forms."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, DoubleArrayAhoCorasick

from nlp.memory import kept
from nlp.normalize import match_form
from nlp.places.tokens import Tokens, split_words

_KEPT_WORDS = 1 << 15
_LONGEST_KEPT = 40
_NEGATIONS = frozenset({"tidak", "bukan", "belum", "tanpa", "jangan", "ora", "mboten", "teu", "henteu", "tak"})
_NO_DENIAL = frozenset({"hanya", "cuma", "main", "kunjung", "juga", "sekali", "sedikit", "lagi"})
"""After these a negation denies nothing: tidak hanya banjir, bukan main gelapnya."""
_NEGATION_REACH = 2


class Found(NamedTuple):
    """A phrase found: its label, its words `first` to before `last`, its characters."""

    label: str
    first: int
    last: int
    start: int
    end: int


class _Automaton(Protocol):
    def find(self, haystack: bytes, /) -> list[tuple[int, int, int]]: ...


class _Forms(NamedTuple):
    tokens: Tokens
    parts: list[bytes]
    haystack: bytes

    def words_at(self, hits: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
        """Yield the first and last word (exclusive) of each hit with its pattern.

        A word may stand for two ("gaada": tidak ada); both then lead back to it.
        """
        ends = list(accumulate(map(len, self.parts)))
        for start, end, pattern in hits:
            yield bisect_right(ends, start), bisect_right(ends, end - 1) + 1, pattern


class _Parts(dict[str, bytes]):
    """The standard forms of a word, each between two control bytes; forgotten when there are too many."""

    def __missing__(self, key: str) -> bytes:
        if len(self) >= _KEPT_WORDS:
            self.clear()
        made = b"".join(b"\x02%b\x01" % form.encode() for form in match_form(key).split(" "))
        if len(key) <= _LONGEST_KEPT:
            self[key] = made
        return made


_PARTS = _Parts()


class PhraseFinder:
    """Finds phrases by label; of overlapping ones the first and longest counts, so that a longer one hides others.

    With `shared`, a phrase may stand under several labels: it is found under their names joined by "|".
    """

    def __init__(self, phrases: Mapping[str, Iterable[str]], *, shared: bool = False) -> None:
        labels: dict[bytes, str] = {}
        for label, texts in phrases.items():
            for text in texts:
                haystack = _forms(text).haystack
                other = labels.get(haystack)
                if other is None or other == label:
                    labels[haystack] = label
                elif not shared:
                    raise ValueError(f"{text!r} is listed under {other} and {label}")
                elif label not in other.split("|"):
                    labels[haystack] = f"{other}|{label}"
        self._labels = list(labels.values())
        self._automaton: _Automaton | None = (
            DoubleArrayAhoCorasick(list(labels), MATCH_KIND_LEFTMOST_LONGEST) if labels else None
        )

    def find(self, text: str) -> Iterator[Found]:
        """Yield what is found, in reading order; what the text denies counts too (see `is_denied`)."""
        if self._automaton is None:
            return
        forms = _forms(text)
        hits = self._automaton.find(forms.haystack)
        if not hits:
            return
        tokens = forms.tokens
        for first, last, pattern in forms.words_at(hits):
            if all(tokens.near(at) for at in range(first, last - 1)):
                yield Found(self._labels[pattern], first, last, tokens.starts[first], tokens.ends[last - 1])


def is_denied(text: str, first: int) -> bool:
    """Whether a negation stands just before word `first`: "tidak ada korban"."""
    tokens = split_words(text)
    for at in range(first - 1, max(first - 1 - _NEGATION_REACH, -1), -1):
        if not tokens.near(at):
            return False
        form = match_form(tokens.keys[at])
        if form in _NO_DENIAL:
            return False
        if form.split(" ")[0] in _NEGATIONS:
            return True
    return False


@kept
def _forms(text: str) -> _Forms:
    tokens = split_words(text)
    parts = list(map(_PARTS.__getitem__, tokens.keys))
    return _Forms(tokens, parts, b"".join(parts))
