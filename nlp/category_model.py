"""The learnt part of kind and category: a multinomial linear model, its weights summed up once for each word form.

The file keeps one line a feature: its name, a scale, and one signed byte a category. Names are common words, pairs of
them, the lexicons' categories, or numbers of buckets that many parts of words share.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from nlp.category_features import (
    ASKED_REACH,
    BUCKETS,
    READ_WORDS,
    Form,
    Reading,
    hint_features,
    is_asking,
    is_counted,
    read_form,
)
from nlp.components.category_points import Points
from nlp.components.signals import Signal

NONE = "-"
"""The class of texts that name no category: applications, questions, praise."""
WORD_WEIGHT, PAIR_WEIGHT, PART_WEIGHT, HINT_WEIGHT = 1.0, 0.7, 0.7, 1.0

_BIAS = "(bias)"
_LARGEST = 127
_MOST_WORDS = 1 << 15
_STEM_BITS = 16
_UNPAIRED = -1
Floats = NDArray[np.float32]


_Word = tuple[int, int, int, bool]
"""A written word as it is looked up: its row in the table, the number of its stem, the row of its stem where it is
asked for, and whether it asks itself."""
_UNMET: _Word = (0, 0, 0, False)


class CategoryModel:
    """Scores texts by category; `weights` maps each feature to one weight a class, `#n` being a bucket of parts."""

    def __init__(self, classes: Sequence[str], weights: Mapping[str, Floats]) -> None:
        self.classes = tuple(classes)
        self.weights = dict(weights)
        self._bias = self.weights.pop(_BIAS, self._zeros())
        self._parts = np.zeros((BUCKETS, len(self.classes)), np.float32)
        for name, row in self.weights.items():
            if name[0] == "#":
                self._parts[int(name[1:])] = row
        paired = sorted(name for name in self.weights if name[:2] in {"p:", "r:"})
        self._stems = {
            stem: number for number, stem in enumerate(sorted({s for n in paired for s in n[2:].split(" ")}))
        }
        self._pairs = {self._pair(*name[2:].split(" ")): row for row, name in enumerate(paired) if name[0] == "p"}
        self._asked = {name[2:]: row for row, name in enumerate(paired) if name[0] == "r"}
        # Rows of pairs come first and stay; rows of word forms are added as they are met.
        self._fixed = len(paired)
        self._table = np.zeros((self._fixed + 1024, len(self.classes)), np.float32)
        for number, name in enumerate(paired):
            self._table[number] = self.weights[name]
        self._forms: dict[Form, int] = {}
        self._words: dict[str, _Word | None] = {}

    def scores(
        self, tokens: Iterable[str], *, points: Sequence[Points], signals: Iterable[Signal], sums: int
    ) -> Floats:
        """Return the score of each class for a text's tokens (`nlp.reading.Reading.words`)."""
        rows: set[int] = set()
        pairs: set[int] = set()
        words, known = self._words, self._pairs
        left, reach, read = _UNPAIRED, 0, 0
        for token in tokens:
            word = words.get(token, _UNMET)
            if word is _UNMET:
                word = self._meet(token)
            if word is None:
                continue
            row, stem, asked_row, asks = word
            rows.add(row)
            pair = known.get(left << _STEM_BITS | stem, _UNPAIRED)  # an unpaired stem gives a negative key
            if pair >= 0:
                pairs.add(pair)
            left = stem
            if asks:
                reach = ASKED_REACH
            elif reach:
                reach -= 1
                if asked_row >= 0:
                    pairs.add(asked_row)
            read += 1
            if read == READ_WORDS:
                break
        total = self._start(hint_features(points, signals, sums=sums))
        if rows:
            total += self._table.take([*rows, *pairs], axis=0).sum(axis=0) / math.sqrt(len(rows))
        return total

    def score_reading(self, reading: Reading) -> Floats:
        """Return the score of each class for features read before."""
        total = self._start(reading.hints)
        share = 1.0 / math.sqrt(max(len(reading.forms), 1))
        for form in reading.forms:
            total += self._sum_up(form) * share
        for key in reading.pairs:
            total += self.weights.get(key, 0.0) * np.float32(share)
        return total

    def contributions(self, words: Sequence[str], category: str) -> list[float]:
        """Return how much more each word speaks for a category than for the others on average."""
        known = [self._words.get(word) or self._meet(word) for word in words]
        rows = self._table.take([0 if word is None else word[0] for word in known], axis=0)
        told = (rows[:, self.classes.index(category)] - rows.mean(axis=1)).tolist()
        return [0.0 if word is None else float(value) for word, value in zip(known, told, strict=True)]

    def _start(self, hints: Mapping[str, float]) -> Floats:
        total: Floats = self._bias.copy()
        for name, value in hints.items():
            row = self.weights.get(name)
            if row is not None:
                total += row * value
        return total

    def _meet(self, token: str) -> _Word | None:
        """Look up a token not met before; None for what is no word and no number."""
        if not is_counted(token):
            if len(token) == 1:
                self._words[token] = None
            return None
        if len(self._words) >= _MOST_WORDS:
            self._words.clear()
            self._forms.clear()
        form = read_form(token)
        row = self._forms.get(form)
        if row is None:
            row = self._forms[form] = self._add_row(self._sum_up(form))
        stem = self._stems.get(form.stem, _UNPAIRED)
        word = (row, stem, self._asked.get(form.stem, _UNPAIRED), is_asking(form.stem))
        self._words[token] = word
        return word

    def _add_row(self, row: Floats) -> int:
        number = self._fixed + len(self._forms)
        if number >= len(self._table):
            self._table = np.vstack((self._table, np.zeros_like(self._table)))
        self._table[number] = row
        return number

    def _pair(self, left: str, right: str) -> int:
        return self._stems[left] << _STEM_BITS | self._stems[right]

    def _sum_up(self, form: Form) -> Floats:
        row: Floats = self._zeros()
        for key in form.keys:
            known = self.weights.get(key)
            if known is not None:
                row += known
        if form.buckets:
            row += np.add.reduce(self._parts.take(form.buckets, axis=0)) / math.sqrt(len(form.buckets))
        return row

    def _zeros(self) -> Floats:
        return np.zeros(len(self.classes), np.float32)


def write_model(model: CategoryModel, bias: Floats, *, comments: Iterable[str]) -> str:
    """Return the model as text, sorted by name."""
    lines = [f"# {comment}" for comment in comments]
    lines.append("\t".join(("(classes)", "", " ".join(model.classes))))
    for name, row in sorted({**model.weights, _BIAS: bias}.items()):
        scale = float(np.abs(row).max()) / _LARGEST
        if scale > 0:
            packed = np.round(row / scale).astype(np.int8).tobytes()
            lines.append(f"{name}\t{scale:.3g}\t{base64.b64encode(packed).decode('ascii')}")
    return "\n".join(lines) + "\n"


def read_model(text: str) -> CategoryModel:
    """Read a model as `write_model` wrote it; raises ValueError naming the line that is wrong."""
    classes: list[str] = []
    weights: dict[str, Floats] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("# ") or not line:
            continue
        fields = line.split("\t")
        if len(fields) != 3:
            raise ValueError(f"category model line {number}: expected a name, a scale and weights")
        name, scale, packed = fields
        if name == "(classes)":
            classes = packed.split()
            continue
        row = np.frombuffer(base64.b64decode(packed), np.int8)
        if len(row) != len(classes):
            raise ValueError(f"category model line {number}: {len(row)} weights for {len(classes)} classes")
        weights[name] = row.astype(np.float32) * np.float32(scale)
    return CategoryModel(classes, weights)


@cache
def category_model() -> CategoryModel:
    """Return the model shipped with the pipeline."""
    return read_model(files("nlp.model").joinpath("category.tsv").read_text(encoding="utf-8"))
