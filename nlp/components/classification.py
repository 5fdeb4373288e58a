"""Kind and category: what the lexicons find and what a model learnt of words, with the spans that speak for the choice.

The lexicons' points are features of the model; the model's probabilities are taken over the categories alone, since
whether a text is a report at all is for relevance to say. Below the threshold the step abstains.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from nlp.category_model import NONE, CategoryModel, category_model
from nlp.components.category_points import Points, count_points
from nlp.lexicon import kind_of
from nlp.model import threshold
from nlp.words import is_word, iter_words
from sidak.models import Classification, Evidence, Kind

MODEL = "classification-2"
SHOWN_ALTERNATIVES = 3
EVIDENCE_WORDS = 3
LEAST_CONTRIBUTION = 0.3
MOST_WORDS = 100
"""Evidence is looked for among this many words: a reader looks at the beginning."""

_LEAST_LETTERS = 3
_STOPS = frozenset(".!?;")

Shares = tuple[tuple[str, float], ...]


def weigh(model: CategoryModel, scores: NDArray[np.float32]) -> tuple[Shares, float]:
    """Return the probability of each category, the best first, and the share of "no category" beside them."""
    scaled = scores / threshold("category_temperature")
    grown = np.exp(scaled - scaled.max())
    shares = dict(zip(model.classes, (grown / grown.sum()).tolist(), strict=True))
    nothing = shares.pop(NONE, 0.0)
    total = sum(shares.values()) or 1.0
    ranked = sorted(((name, share / total) for name, share in shares.items()), key=lambda each: (-each[1], each[0]))
    return tuple(ranked), nothing


def choose(shares: Shares, nothing: float, *, evidence: Sequence[Evidence] = ()) -> Classification:
    """Choose kind and category; both None where the probability does not suffice."""
    best, probability = shares[0]
    kinds: dict[Kind, float] = {}
    for category, share in shares:
        kinds[kind_of(category)] = kinds.get(kind_of(category), 0.0) + share
    kind = max(kinds, key=lambda each: kinds[each])
    named = nothing < threshold("category_nothing")
    sure = named and probability >= threshold("category")
    return Classification(
        model=MODEL,
        kind=kind_of(best) if sure else (kind if named and kinds[kind] >= threshold("kind") else None),
        category=best if sure else None,
        probability=round(probability * (1.0 if named else 1.0 - nothing), 4),
        alternatives=tuple((category, round(share, 4)) for category, share in shares[1 : SHOWN_ALTERNATIVES + 1]),
        evidence=tuple(evidence),
    )


def doc_points(doc: Doc) -> tuple[Points, ...]:
    """Return the categories with points, best first."""
    return count_points(
        doc._.sidak_signals,
        stops=[token.i for token in doc if token.norm_ in _STOPS],
        sums=len(doc._.sidak_amounts.items),
    )


class ClassificationComponent:
    """Writes `doc._.sidak_points` and `doc._.sidak_classification`; reads signals and amounts."""

    def __init__(self) -> None:
        for extension in ("sidak_points", "sidak_classification"):
            if not Doc.has_extension(extension):
                Doc.set_extension(extension, default=None)
        self._model = category_model()

    def __call__(self, doc: Doc) -> Doc:
        sums = len(doc._.sidak_amounts.items)
        doc._.sidak_points = points = doc_points(doc)
        text = doc.user_data.get("text") or doc.text
        shares, nothing = weigh(
            self._model, self._model.scores(text, points=points, signals=doc._.sidak_signals, sums=sums)
        )
        evidence = self._evidence(text, shares[0][0], points)
        doc._.sidak_classification = choose(shares, nothing, evidence=evidence)
        return doc

    def _evidence(self, text: str, category: str, points: Sequence[Points]) -> list[Evidence]:
        """Return the lexicon's spans for a category, else the words that speak for it most."""
        spans = next((each.spans for each in points if each.category == category and each.spans), ())
        if not spans:
            spans = tuple(sorted(self._telling_words(text, category)))
        return [Evidence(start=start, end=end, why="category") for start, end in spans]

    def _telling_words(self, text: str, category: str) -> list[tuple[int, int]]:
        found: dict[str, tuple[float, int, int]] = {}
        for word, start, end in iter_words(text):
            if word not in found and is_word(word) and end - start >= _LEAST_LETTERS:
                found[word] = (self._model.contribution(word, category), start, end)
                if len(found) == MOST_WORDS:
                    break
        best = sorted(found.values(), key=lambda each: -each[0])[:EVIDENCE_WORDS]
        return [(start, end) for weight, start, end in best if weight >= LEAST_CONTRIBUTION]


@Language.factory("sidak_classification")
def make_classification(nlp: Language, name: str) -> ClassificationComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return ClassificationComponent()
