"""The learnt part of kind and category: a multinomial linear model, its weights summed up once for each word form.

The file keeps one line a feature: its name, a scale, and one signed byte a category. Names are common words, pairs of
them, the lexicons' categories, or numbers of buckets that many parts of words share.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from nlp.category_features import BUCKETS, Form, Reading, hint_features, pair_keys, read_form, read_words
from nlp.components.category_points import Points
from nlp.components.signals import Signal

NONE = "-"
"""The class of texts that name no category: applications, questions, praise."""
WORD_WEIGHT, PAIR_WEIGHT, PART_WEIGHT, HINT_WEIGHT = 1.0, 0.7, 0.7, 1.0

_BIAS = "(bias)"
_LARGEST = 127
_MOST_FORMS = 1 << 15
Floats = NDArray[np.float32]


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
        self._pairs = {name: row for name, row in self.weights.items() if name[:2] in {"p:", "r:"}}
        self._forms: dict[Form, Floats] = {}
        self._words: dict[str, tuple[Floats, str]] = {}

    def scores(self, text: str, *, points: Sequence[Points], signals: Iterable[Signal], sums: int) -> Floats:
        """Return the score of each class."""
        words = [self._word(word) for word in read_words(text)]
        # One form may be written in several ways, but its weights are one object.
        rows = {id(row): row for row, _ in words}
        pairs = set(pair_keys([stem for _, stem in words]))
        return self._add_up(rows.values(), pairs, hint_features(points, signals, sums=sums))

    def score_reading(self, reading: Reading) -> Floats:
        """Return the score of each class for features read before."""
        return self._add_up([self._sum_up(form) for form in reading.forms], reading.pairs, reading.hints)

    def _add_up(self, rows: Collection[Floats], pairs: Iterable[str], hints: Mapping[str, float]) -> Floats:
        total: Floats = self._bias.copy()
        for name, value in hints.items():
            row = self.weights.get(name)
            if row is not None:
                total += row * value
        if rows:
            found = [*rows, *(self._pairs[key] for key in pairs if key in self._pairs)]
            total += np.add.reduce(found) / math.sqrt(len(rows))
        return total

    def contribution(self, word: str, category: str) -> float:
        """Return how much more a word speaks for a category than for the others on average."""
        row = self._word(word)[0]
        return float(row[self.classes.index(category)] - row.mean())

    def _word(self, word: str) -> tuple[Floats, str]:
        found = self._words.get(word)
        if found is None:
            if len(self._words) >= _MOST_FORMS:
                self._words.clear()
                self._forms.clear()
            form = read_form(word)
            row = self._forms.get(form)
            if row is None:
                row = self._forms[form] = self._sum_up(form)
            found = self._words[word] = (row, form.stem)
        return found

    def _sum_up(self, form: Form) -> Floats:
        row: Floats = self._zeros()
        for key in form.keys:
            row += self.weights.get(key, 0.0)
        if form.buckets:
            row += self._parts[list(form.buckets)].sum(axis=0) / math.sqrt(len(form.buckets))
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
