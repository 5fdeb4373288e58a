"""Trains the category model: `sidak train --data DIR --model category`.

A multinomial logistic model over words, pairs, parts of words and the lexicons' points. What is kept must not give a
text away: words and pairs are common words found in many texts, no digits, no regions' names; parts of words are
hashed into buckets that several words share.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp.build import build_nlp, make_doc
from nlp.category_features import Reading, read_text
from nlp.category_model import CategoryModel, Term, write_model
from nlp.components.accusation import AID
from nlp.components.classification import points_of
from nlp.findings import findings_of
from nlp.teaching.category_examples import NEAR_MISSES, CategorisedText, accuses
from nlp.teaching.keepable import may_keep_word
from nlp.teaching.province import PROVINCE
from nlp.teaching.sentences import INVENTED, LETTERS, POSTS

LEAST_TEXTS = 8
LEAST_TEXTS_OF_PAIRS = 12
LEAST_TEXTS_OF_PARTS = 8
LEAST_WORDS_OF_PARTS = 3
HINT_WEIGHT = 0.2
"""How much the lexicons' points are trusted: they were written with the texts at hand, and know those too well; in
places not learnt from they help more."""
REGULARISATION = 3.0
TOLERANCE = 3e-4
"""The fit ends where no slope is steeper; ten times as much left it half done, and worse in places not learnt from."""
MOST_STEPS = 400
MOST_LEVELLING = 5.0
"""No share of an origin is raised or lowered by more than this factor."""
BALANCE = 0.5
"""How far rare categories are raised: 0 not at all, 1 until all weigh the same."""
FIRST_SHARE = 0.65
"""What the likeliest of several categories weighs."""
WEIGHTS = {"complaints": 2.5, PROVINCE: 4.0, "tweets": 2.0, INVENTED: 1.5, LETTERS: 1.5, NEAR_MISSES: 0.5, POSTS: 0.2}
TOPIC_WEIGHT = 1.0
"""An official topic is chosen by the citizen, and often wrong."""
NUMBERS = frozenset({"#", "##"})
_HINTS = frozenset({"l:", "b:", "c:"})


def train_category(examples: Sequence[CategorisedText], readings: Sequence[Reading], output: Path) -> None:
    """Train on all examples that may be learnt from and write the model to a file."""
    taught = teaching_rows(examples)
    model = fit([examples[n] for n in taught], [readings[n] for n in taught])
    comments = ("category: weights by class, written by nlp/teaching/category.py; see category.md",)
    text = write_model(model, comments=comments)
    output.write_text(text, encoding="utf-8")
    sys.stderr.write(f"category: {len(taught)} texts, {len(model.terms)} features, {len(text) // 1024} KiB\n")


def teaching_rows(examples: Sequence[CategorisedText]) -> list[int]:
    """Return which examples may be learnt from: those with a category that are not kept for testing."""
    return [n for n, each in enumerate(examples) if each.categories and not each.tested]


def read_all(examples: Iterable[CategorisedText]) -> list[Reading]:
    """Return the features of each example, as the pipeline sees them."""
    nlp = build_nlp()
    for step in set(nlp.pipe_names) - {"sidak_signals", "sidak_amounts"}:
        nlp.remove_pipe(step)
    docs = nlp.pipe(make_doc(nlp, each.text) for each in examples)
    return [
        read_text(each.text, points=points_of(each), signals=each.signals, sums=len(each.amounts.items))
        for each in map(findings_of, docs)
    ]


def fit(examples: Sequence[CategorisedText], readings: Sequence[Reading]) -> CategoryModel:
    """Return a model learnt from examples."""
    rarities = _features_kept(readings)
    columns = {name: index for index, name in enumerate(rarities)}
    matrix = _matrix(readings, columns, rarities)
    rows, labels, weights = _targets(examples)
    learner = LogisticRegression(C=REGULARISATION, max_iter=MOST_STEPS, tol=TOLERANCE)
    learner.fit(matrix[rows], labels, sample_weight=weights.astype(np.float32))
    learnt = learner.coef_.T.astype(np.float32)
    terms = {
        name: Term(rarity, learnt[columns[name]] * np.float32(HINT_WEIGHT if name[:2] in _HINTS else 1.0))
        for name, rarity in rarities.items()
    }
    return CategoryModel([str(each) for each in learner.classes_], learner.intercept_.astype(np.float32), terms)


def _features_kept(readings: Sequence[Reading]) -> dict[str, float]:
    """Return the features frequent enough, and how rare each is: rarer ones say more."""
    counts: Counter[str] = Counter()
    bucket_words: dict[int, set[str]] = {}
    for each in readings:
        counts.update({key for form in each.forms for key in form.keys})
        counts.update(each.pairs)
        counts.update(each.hints)
        counts.update({f"#{bucket}" for form in each.forms for bucket in form.buckets})
        for form in each.forms:
            for bucket in form.buckets:
                bucket_words.setdefault(bucket, set()).add(form.stem)
    words = {
        key
        for key, count in counts.items()
        if key[:2] in {"w:", "n:"} and count >= LEAST_TEXTS and may_be_kept(key[2:])
    }
    stems = {key[2:] for key in words if key[0] == "w"}
    pairs = {
        key
        for key, count in counts.items()
        if key[:2] in {"p:", "r:"} and count >= LEAST_TEXTS_OF_PAIRS and stems.issuperset(key[2:].split(" "))
    }
    parts = {
        f"#{bucket}"
        for bucket, found in bucket_words.items()
        if len(found) >= LEAST_WORDS_OF_PARTS and counts[f"#{bucket}"] >= LEAST_TEXTS_OF_PARTS
    }
    rarities = {name: math.log((1 + len(readings)) / (1 + counts[name])) + 1 for name in sorted(words | pairs | parts)}
    return rarities | {name: 1.0 for name in sorted(counts) if name[:2] in _HINTS}


def may_be_kept(word: str) -> bool:
    """Tell common words, and what stands for numbers, from names and rare words, which no model may keep."""
    return word in NUMBERS or may_keep_word(word)


def _matrix(readings: Sequence[Reading], columns: Mapping[str, int], rarities: Mapping[str, float]) -> csr_matrix:
    """Return the features of all texts; must weigh them as `CategoryModel.scores` does."""
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for each in readings:
        for name, value in _row(each, rarities).items():
            indices.append(columns[name])
            values.append(value)
        ends.append(len(indices))
    return csr_matrix((np.array(values, np.float32), np.array(indices), ends), shape=(len(readings), len(columns)))


def _row(reading: Reading, rarities: Mapping[str, float]) -> dict[str, float]:
    words = [key for form in reading.forms for key in form.keys]
    parts = [f"#{bucket}" for form in reading.forms for bucket in form.buckets]
    hints = {name: value * HINT_WEIGHT for name, value in reading.hints.items() if name in rarities}
    return _half([*words, *reading.pairs], rarities) | _half(parts, rarities) | hints


def _half(names: Iterable[str], rarities: Mapping[str, float]) -> dict[str, float]:
    """Weigh features by how rare they are, and divide by the length, in which each mention counts for itself."""
    row: dict[str, float] = defaultdict(float)
    square = 0.0
    for name in names:
        rarity = rarities.get(name)
        if rarity is not None:
            row[name] += rarity
            square += rarity**2
    return {name: value / math.sqrt(square) for name, value in row.items()}


def _targets(examples: Sequence[CategorisedText]) -> tuple[list[int], list[str], NDArray[np.float64]]:
    """Return one row, label and weight for each category that an example may have."""
    rows: list[int] = []
    labels: list[str] = []
    shares: list[float] = []
    for number, each in enumerate(examples):
        weight = WEIGHTS[each.origin] if each.read else TOPIC_WEIGHT
        categories = _taught(each.categories)
        for place, category in enumerate(categories):
            rows.append(number)
            labels.append(category)
            shares.append(weight * _share(place, len(categories), read=each.read))
    totals: dict[str, float] = defaultdict(float)
    for label, share in zip(labels, shares, strict=True):
        totals[label] += share
    usual = float(np.mean([*totals.values()]))
    weights = np.array(shares) * [(usual / totals[label]) ** BALANCE for label in labels]
    weights *= _levelled([examples[number].origin for number in rows], labels, weights)
    return rows, labels, weights / weights.mean()


def _levelled(origins: Sequence[str], labels: Sequence[str], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return factors that give misconduct the same share of each origin.

    Some texts were read, or invented, because of misconduct; the way a place or a hand writes must not speak for it.
    """
    accused = np.array([accuses(label) for label in labels])
    share = float(weights[accused].sum() / weights.sum())
    factors = np.ones(len(labels))
    names = np.array(origins)
    for origin in sorted(set(origins)):
        of_origin = names == origin
        for kind, wanted in ((accused, share), (~accused, 1 - share)):
            found = float(weights[of_origin & kind].sum() / weights[of_origin].sum())
            if found:
                factors[of_origin & kind] = min(max(wanted / found, 1 / MOST_LEVELLING), MOST_LEVELLING)
    return factors


def _taught(categories: Sequence[str]) -> Sequence[str]:
    """Return the categories that a text teaches: not aid that a reader saw only behind what is no accusation.

    Aid that did not come was read twice; asked for an accusation, readers saw none.
    """
    return categories if accuses(categories[0]) else [each for each in categories if each != AID]


def _share(place: int, categories: int, *, read: bool) -> float:
    if categories == 1 or not read:
        return 1.0 / categories
    return FIRST_SHARE if place == 0 else (1.0 - FIRST_SHARE) / (categories - 1)
