"""Kind and category: what the lexicons find, weighed; with the spans that speak for the choice.

Each category collects points. A name for the thing itself ("jalan berlubang", "pungli") counts most; else a thing and
a fault close together, or an act of money or power with an official near it. The points of all categories give the
probability; below the threshold the step abstains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.category_points import Points, count_points
from nlp.lexicon import kind_of
from nlp.model import threshold
from nlp.reading import reading_of
from sidak.models import Classification, Evidence, Kind

MODEL = "classification-1"
SHOWN_ALTERNATIVES = 3
NOTHING_POINTS = 0.8
"""What "no category" weighs in the comparison: a lone weak hint should not look certain."""


def classify(points: Sequence[Points]) -> Classification:
    """Choose kind and category from the points, best first; both None where they do not suffice."""
    if not points:
        return Classification(model=MODEL)
    temperature = threshold("category_temperature")
    weights = {each.category: math.exp(min(each.value, 12.0) / temperature) for each in points}
    total = sum(weights.values()) + math.exp(NOTHING_POINTS / temperature)
    shares = {category: weight / total for category, weight in weights.items()}
    best = points[0]
    probability = shares[best.category]
    kinds: dict[Kind, float] = {}
    for category, share in shares.items():
        kinds[kind_of(category)] = kinds.get(kind_of(category), 0.0) + share
    kind = max(kinds, key=lambda each: kinds[each])
    sure = probability >= threshold("category")
    return Classification(
        model=MODEL,
        kind=kind_of(best.category) if sure else (kind if kinds[kind] >= threshold("kind") else None),
        category=best.category if sure else None,
        probability=round(probability, 4),
        alternatives=tuple(
            (each.category, round(shares[each.category], 4)) for each in points[1 : SHOWN_ALTERNATIVES + 1]
        ),
        evidence=tuple(Evidence(start=start, end=end, why="category") for start, end in best.spans),
    )


class ClassificationComponent:
    """Writes `doc._.sidak_points` and `doc._.sidak_classification`; reads signals and amounts."""

    def __init__(self) -> None:
        for extension in ("sidak_points", "sidak_classification"):
            if not Doc.has_extension(extension):
                Doc.set_extension(extension, default=None)

    def __call__(self, doc: Doc) -> Doc:
        reading = reading_of(doc)
        points = count_points(
            doc._.sidak_signals,
            stops=[index + reading.first_token for index in reading.stops],
            sums=len(doc._.sidak_amounts.items),
        )
        doc._.sidak_points = points
        doc._.sidak_classification = classify(points)
        return doc


@Language.factory("sidak_classification")
def make_classification(nlp: Language, name: str) -> ClassificationComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return ClassificationComponent()
