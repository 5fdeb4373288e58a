"""The learnt part of kind and category: a multinomial linear model, its weights summed up once for each word form.

The file keeps one line a feature: its name, its rarity, a scale, and one signed byte a category. Names are common
words, pairs of them, the lexicons' categories, or numbers of buckets that many parts of words share.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, chain, islice, pairwise
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.category_features import (
    ASKED_REACH,
    READ_WORDS,
    Form,
    Reading,
    is_asking,
    is_counted,
    read_form,
    read_forms,
)
from nlp.model import model_file
from nlp.word_parts import BUCKETS
from nlp.words import is_plain

NONE = "-"
"""The class of texts that name no category: applications, questions, praise."""

_BIAS = "(bias)"
_LARGEST = 127
_MOST_WORDS = 1 << 15
_STEM_BITS = 16
_UNPAIRED = -1
_FIRST_ROWS = 1024
_HINTS = frozenset({"l:", "b:", "c:"})
Floats = NDArray[np.float32]


class Term(NamedTuple):
    """A feature: its inverse document frequency, and what it adds to each class."""

    rarity: float
    row: Floats


_Word = tuple[int, int, int, int, bool]
"""A written word as it is looked up: its row in the table, the number of its stem as the first and as the second of a
pair, the row of its stem where it is asked for, and whether it asks itself."""


class _Words(dict[str, _Word | None]):
    """Words as they are looked up, by how they are written."""

    def __init__(self, meet: Callable[[str], _Word | None]) -> None:
        super().__init__()
        self._meet = meet

    def __missing__(self, token: str) -> _Word | None:
        word = self._meet(token)
        if word is not None or len(token) == 1:  # hardly a link or a mention is met twice
            self[token] = word
        return word


def _as_looked_up(token: str) -> str:
    """Return a word in small letters where nothing that is looked at knows of capitals."""
    return token.lower() if is_plain(token) else token


class CategoryModel:
    """Scores texts by category; `terms` maps each feature to its weights, `#n` being a bucket of parts.

    A row of the table holds what a word or a pair adds: to the classes by its words, to the classes by its parts, and
    to the squared length of both halves.
    """

    def __init__(self, classes: Sequence[str], bias: Floats, terms: Mapping[str, Term]) -> None:
        self.classes = tuple(classes)
        self.none = self.classes.index(NONE) if NONE in self.classes else None
        """Which class is that of texts that name no category."""
        self.bias = bias
        self.terms = dict(terms)
        self._parts = np.zeros((BUCKETS, len(self.classes) + 1), np.float32)
        parts = {int(name[1:]): term for name, term in self.terms.items() if name[0] == "#"}
        if parts:
            rarities = np.array([term.rarity for term in parts.values()])
            rows = np.array([term.row for term in parts.values()]) * rarities.astype(np.float32)[:, None]
            self._parts[[*parts]] = np.column_stack((rows, rarities**2))
        hints = sorted(name for name in self.terms if name[:2] in _HINTS)
        self._hints = {name: number for number, name in enumerate(hints)}
        self._hint_rows = np.array([self.terms[name].row for name in hints] or [self._zeros()], np.float32)
        paired = sorted(name for name in self.terms if name[:2] in {"p:", "r:"})
        self._stems = {
            stem: number for number, stem in enumerate(sorted({s for n in paired for s in n[2:].split(" ")}))
        }
        self._pairs = {self._pair(*name[2:].split(" ")): row for row, name in enumerate(paired) if name[0] == "p"}
        self._asked = {name[2:]: row for row, name in enumerate(paired) if name[0] == "r"}
        # Rows of pairs come first and stay; rows of word forms are added as they are met.
        self._fixed = len(paired)
        self._table = np.zeros((self._fixed + _FIRST_ROWS, 2 * len(self.classes) + 2), np.float32)
        self._table[: self._fixed] = self._add_up([((name,), ()) for name in paired])
        self._forms: dict[tuple[str, ...], int] = {}
        """The row of each form, by its keys: they hold its standard spelling, of which its parts are made."""
        self._words = _Words(self._meet)

    def scores(self, tokens: Iterable[str], hints: Mapping[str, float]) -> Floats:
        """Return the score of each class for a text's tokens (`nlp.reading.Reading.words`) and its `hint_features`."""
        scores: Floats = self.scores_of_many([tokens], [hints])[0]
        return scores

    def scores_of_many(self, texts: Sequence[Iterable[str]], hints: Iterable[Mapping[str, float]]) -> Floats:
        """Return a row of scores for each text; they depend on nothing but the text."""
        added = np.zeros((len(texts), 2 * len(self.classes) + 2))
        for row, tokens in zip(added, texts, strict=True):
            self._add_tokens(row, tokens)
        starts: Floats = np.array([self._start(each) for each in hints])
        return starts + self._level(added)

    def _add_tokens(self, whole: NDArray[np.float64], tokens: Iterable[str]) -> None:
        known = [*islice(filter(None, map(self._words.__getitem__, tokens)), READ_WORDS)]
        if known:
            numbers, lefts, rights, asked, asks = zip(*known, strict=True)
            rows = {*numbers, *map(self._pairs.get, map(or_, lefts, rights[1:]))}
            if True in asks:
                rows.update(_asked_for(asked, asks))
            rows.discard(None)
            # In double precision: rows stand in the order in which words were first met, which must not show.
            np.add.reduce(self._table.take([*rows], axis=0), axis=0, dtype=np.float64, out=whole)

    def score_reading(self, reading: Reading) -> Floats:
        """Return the score of each class for features read before."""
        whole = self._add_up([(tuple(reading.pairs), ())])[0]
        for row in self._add_up([form[:2] for form in reading.forms]):
            whole += row
        return self._start(reading.hints) + self._level(whole)

    def contributions(self, words: Sequence[str], category: str) -> list[float]:
        """Return how much more each word, were it alone, speaks for a category than for the others on average."""
        known = [self._words[word] for word in words]
        rows = self._table.take([0 if word is None else word[0] for word in known], axis=0)
        many, column = len(self.classes), self.classes.index(category)
        lengths = np.sqrt(np.maximum(rows[:, -2:], 1e-9))
        halves = rows[:, :many] / lengths[:, :1], rows[:, many:-2] / lengths[:, 1:]
        told = sum(half[:, column] - half.mean(axis=1) for half in halves)
        return [0.0 if word is None else float(value) for word, value in zip(known, told, strict=True)]

    def _start(self, hints: Mapping[str, float]) -> Floats:
        numbers = self._hints
        known = [(numbers[name], value) for name, value in hints.items() if name in numbers]
        if not known:
            return self.bias.copy()
        at, values = zip(*known, strict=True)
        told: Floats = np.array(values, np.float32) @ self._hint_rows.take(at, axis=0)
        return told + self.bias

    def _level(self, added: NDArray[np.floating]) -> Floats:
        """Divide both halves of each row by their lengths, and add them."""
        many = len(self.classes)
        lengths = np.sqrt(added[..., -2:].astype(np.float64)).astype(added.dtype)
        lengths[lengths == 0.0] = 1.0  # nothing was added to this half
        level = np.zeros((*added.shape[:-1], many), np.float32)
        level += added[..., :many] / lengths[..., :1]
        level += added[..., many:-2] / lengths[..., 1:]
        return level

    def meet(self, texts: Iterable[Sequence[str]]) -> None:
        """Look up the new words of some texts together, which costs a third of looking up each by itself."""
        met = self._words
        new: dict[str, None] = {}
        for tokens in texts:
            unmet = [token for token in tokens[:READ_WORDS] if token not in met]
            if unmet:
                new.update(dict.fromkeys(map(_as_looked_up, filter(is_counted, unmet))))
        words = [word for word in new if word not in met]
        if words:
            self._make_room()
            self._add(words, read_forms(words))

    def _meet(self, token: str) -> _Word | None:
        """Look up a token not met before; None for what is no word and no number."""
        if not is_counted(token):
            return None
        word = _as_looked_up(token)
        if word != token:
            return self._words[word]
        self._make_room()
        self._add([word], [read_form(word)])
        return self._words[word]

    def _make_room(self) -> None:
        if len(self._words) >= _MOST_WORDS:
            self._words.clear()
            self._forms.clear()

    def _add(self, words: Sequence[str], forms: Sequence[Form]) -> None:
        new = {form.keys: form for form in forms if form.keys not in self._forms}
        first = self._fixed + len(self._forms)
        self._forms.update(zip(new, range(first, first + len(new)), strict=True))
        while first + len(new) > len(self._table):
            self._table = np.vstack((self._table, np.zeros_like(self._table)))
        self._table[first : first + len(new)] = self._add_up([form[:2] for form in new.values()])
        for word, form in zip(words, forms, strict=True):
            stem = self._stems.get(form.stem, _UNPAIRED)  # an unpaired stem gives a negative key
            asked = self._asked.get(form.stem, _UNPAIRED)
            self._words[word] = self._forms[form.keys], stem << _STEM_BITS, stem, asked, is_asking(form.stem)

    def _pair(self, left: str, right: str) -> int:
        return self._stems[left] << _STEM_BITS | self._stems[right]

    def _add_up(self, looked_up: Sequence[tuple[Sequence[str], Sequence[int]]]) -> Floats:
        """Return a row for each pair of keys and buckets: what they add together."""
        many = len(self.classes)
        rows = np.zeros((len(looked_up), 2 * many + 2), np.float32)
        for row, (keys, _) in zip(rows, looked_up, strict=True):
            for term in filter(None, map(self.terms.get, keys)):
                row[:many] += term.row * term.rarity
                row[-2] += term.rarity**2
        with_parts = [number for number, (_, buckets) in enumerate(looked_up) if buckets]
        if with_parts:
            parts = self._add_parts([looked_up[number][1] for number in with_parts])
            rows[with_parts, many:-2], rows[with_parts, -1] = parts[:, :-1], parts[:, -1]
        return rows

    def _add_parts(self, buckets: Sequence[Sequence[int]]) -> Floats:
        parts = np.empty((len(buckets), len(self.classes) + 1), np.float32)
        found = self._parts.take(list(chain.from_iterable(buckets)), axis=0)
        edges = accumulate(map(len, buckets), initial=0)
        for row, (start, end) in zip(parts, pairwise(edges), strict=True):
            np.add.reduce(found[start:end], axis=0, out=row)
        return parts

    def _zeros(self) -> Floats:
        return np.zeros(len(self.classes), np.float32)


def _asked_for(asked: Sequence[int], asks: Sequence[bool]) -> Iterator[int]:
    """Yield the rows of what is asked for: of the words after one that asks."""
    reach = 0
    for row, is_asking_word in zip(asked, asks, strict=True):
        if is_asking_word:
            reach = ASKED_REACH
        elif reach:
            reach -= 1
            if row >= 0:
                yield row


def write_model(model: CategoryModel, *, comments: Iterable[str]) -> str:
    """Return the model as text, sorted by name."""
    lines = [f"# {comment}" for comment in comments]
    lines.append("\t".join(("(classes)", "", "", " ".join(model.classes))))
    for name, (rarity, row) in sorted({**model.terms, _BIAS: Term(1.0, model.bias)}.items()):
        scale = float(np.abs(row).max()) / _LARGEST
        if scale > 0:
            packed = np.round(row / scale).astype(np.int8).tobytes()
            lines.append(f"{name}\t{rarity:.3g}\t{scale:.3g}\t{base64.b64encode(packed).decode('ascii')}")
    return "\n".join(lines) + "\n"


def read_model(text: str) -> CategoryModel:
    """Read a model as `write_model` wrote it; raises ValueError naming the line that is wrong."""
    classes: list[str] = []
    names: list[tuple[str, float]] = []
    scales: list[float] = []
    packed_rows: list[bytes] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("# ") or not line:
            continue
        fields = line.split("\t")
        if len(fields) != 4:
            raise ValueError(f"category model line {number}: expected a name, a rarity, a scale and weights")
        name, rarity, scale, packed = fields
        if name == "(classes)":
            classes = packed.split()
            continue
        row = base64.b64decode(packed)
        if len(row) != len(classes):
            raise ValueError(f"category model line {number}: {len(row)} weights for {len(classes)} classes")
        names.append((name, float(rarity)))
        scales.append(float(scale))
        packed_rows.append(row)
    rows = np.frombuffer(b"".join(packed_rows), np.int8).reshape(len(names), len(classes)).astype(np.float32)
    rows *= np.array(scales, np.float32)[:, None]
    terms = {name: Term(rarity, row) for (name, rarity), row in zip(names, rows, strict=True)}
    bias = terms.pop(_BIAS, Term(1.0, np.zeros(len(classes), np.float32)))
    return CategoryModel(classes, bias.row, terms)


@cache
def category_model() -> CategoryModel:
    """Return the model shipped with the pipeline."""
    return read_model(model_file("category.tsv").read_text(encoding="utf-8"))
