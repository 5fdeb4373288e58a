"""Kind and category: what the lexicons find and what a model learnt of words, with the spans that speak for the choice.

The lexicons' points are features of the model; the model's probabilities are taken over the categories alone, since
whether a text is a report at all is for relevance to say. Below the threshold the step abstains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import structs
from numpy.typing import NDArray
from spacy.language import Language

from nlp.category_features import hint_features
from nlp.category_model import CategoryModel, category_model
from nlp.components.accusation import accuse, accused_share, lean, misconduct
from nlp.components.category_points import Points, count_points
from nlp.components.signals import Signal
from nlp.findings import Findings, Step
from nlp.lexicon import kind_of
from nlp.linear import log_odds
from nlp.model import threshold
from nlp.reading import Reading
from sidak.models import Classification, Evidence, Kind

MODEL = "classification-3"
SHOWN_ALTERNATIVES = 3
EVIDENCE_WORDS = 3
LEAST_CONTRIBUTION = 1.0
MOST_WORDS = 60
"""Evidence is looked for among this many words: a reader looks at the beginning."""

_LEAST_LETTERS = 3
_NEARLY = 0.6
_TROUBLE = 1.5

Shares = tuple[tuple[str, float], ...]


def weigh(model: CategoryModel, scores: NDArray[np.float32]) -> tuple[Shares, float]:
    """Return the probability of each category, the best first, and the share of "no category" beside them."""
    return weigh_many(model, scores[None])[0]


def weigh_many(model: CategoryModel, scores: NDArray[np.float32]) -> list[tuple[Shares, float]]:
    """Return what `weigh` does of each row of scores."""
    grown = np.exp((scores - scores.max(axis=1, keepdims=True)) / threshold("category_temperature"))
    shares = grown / grown.sum(axis=1, keepdims=True)
    best_first = np.argsort(-shares, axis=1, kind="stable")  # classes stand in the order of their names
    return [_share_out(model, *each) for each in zip(shares.tolist(), best_first.tolist(), strict=True)]


def _share_out(model: CategoryModel, named: Sequence[float], best_first: Sequence[int]) -> tuple[Shares, float]:
    classes, none = model.classes, model.none
    nothing = named[none] if none is not None else 0.0
    rest = 1.0 - nothing or 1.0
    return tuple([(classes[at], named[at] / rest) for at in best_first if at != none]), nothing


def choose(shares: Shares, nothing: float, *, leaning: float = 0.0) -> Classification:
    """Choose kind and category; both None where the probability does not suffice.

    Misconduct is decided as a whole: an accusation must be likely, whichever of its names fits best; `leaning` is what
    the lexicons add to its log odds.
    """
    names = misconduct()
    is_misconduct = accuse(accused_share(shares) * (1.0 - nothing), leaning) >= threshold("misconduct")
    best, probability = next((each for each in shares if (each[0] in names) is is_misconduct), shares[0])
    named = is_misconduct or nothing < threshold("category_nothing")
    sure = named and probability >= threshold("category")
    kind: Kind | None = None
    if is_misconduct:
        kind = "misconduct"
    elif named:
        kind = kind_of(best) if sure else _likely_kind(shares)
    return Classification(
        model=MODEL,
        kind=kind,
        category=best if sure else None,
        probability=round(probability * (1.0 if named else 1.0 - nothing), 4),
        alternatives=tuple(
            [(category, round(share, 4)) for category, share in shares[: SHOWN_ALTERNATIVES + 1] if category != best]
        )[:SHOWN_ALTERNATIVES],
    )


def named_first(shares: Shares, points: Sequence[Points]) -> Shares:
    """Put the misconduct that the lexicons plainly name before another that is likelier by two thirds at most.

    Its kinds are told apart by few real texts; a text that says "volume dikurangi" means that. The two change places,
    shares and all.
    """
    if not points or not points[0].plain:
        return shares
    accused = [at for at, (category, _) in enumerate(shares) if category in misconduct()]
    named = next((at for at in accused if shares[at][0] == points[0].category), None)
    if named is None or shares[named][1] < _NEARLY * shares[accused[0]][1]:
        return shares
    first, swapped = accused[0], [*shares]
    swapped[first], swapped[named] = (shares[named][0], shares[first][1]), (shares[first][0], shares[named][1])
    return tuple(swapped)


def _likely_kind(shares: Shares) -> Kind | None:
    kinds: dict[Kind, float] = {"damage": 0.0, "service": 0.0}
    for category, share in shares:
        if category not in misconduct():
            kinds[kind_of(category)] += share
    kind = max(kinds, key=lambda each: kinds[each])
    return kind if kinds[kind] >= threshold("kind") else None


def points_of(found: Findings) -> tuple[Points, ...]:
    """Return the categories with points, best first; reads signals and amounts."""
    reading, by = found.reading, found.reading.first_token
    stops = [at + by for at in reading.stops] if by else reading.stops
    return count_points(found.signals, stops=stops, sums=len(found.amounts.items))


def _is_denied(points: Sequence[Points], signals: Iterable[Signal]) -> bool:
    """Tell whether a text says that nothing is wrong: the words of a trouble are there, the trouble is not."""
    weak = not points or points[0].value < _TROUBLE
    return weak and any(each.label == "NEGATED" for each in signals)


class ClassificationComponent(Step):
    """Writes points and classification; reads signals and amounts."""

    def __init__(self) -> None:
        super().__init__()
        self._model = category_model()

    def read(self, found: Findings) -> None:
        """Choose kind and category, with the words that speak for them."""
        self.read_all([found])

    def read_all(self, batch: Sequence[Findings]) -> None:
        """Choose those of some texts, whose new words are looked up together."""
        if not batch:
            return
        texts = [found.reading.words for found in batch]
        self._model.meet(texts)
        points = list(map(points_of, batch))
        hints = [
            hint_features(each, found.signals, sums=len(found.amounts.items))
            for each, found in zip(points, batch, strict=True)
        ]
        weighed = weigh_many(self._model, self._model.scores_of_many(texts, hints))
        for found, of_text, told, (shares, nothing) in zip(batch, points, hints, weighed, strict=True):
            found.points = of_text
            found.nothing = log_odds(nothing)
            found.classification = self._choose(found, shares, nothing, leaning=lean(told))

    def _choose(self, found: Findings, shares: Shares, nothing: float, *, leaning: float) -> Classification:
        shares = named_first(shares, found.points)
        chosen = choose(shares, 1.0 if _is_denied(found.points, found.signals) else nothing, leaning=leaning)
        if chosen.category is None:
            return chosen
        return structs.replace(chosen, evidence=self._evidence(found.reading, chosen.category, found.points))

    def _evidence(self, reading: Reading, category: str, points: Sequence[Points]) -> tuple[Evidence, ...]:
        """Return the lexicon's spans for a category, else the words that speak for it most."""
        spans = next((each.spans for each in points if each.category == category and each.spans), ())
        if not spans:
            spans = tuple(sorted(self._telling_words(reading, category)))
        return tuple(Evidence(start=start, end=end, why="category") for start, end in spans)

    def _telling_words(self, reading: Reading, category: str) -> list[tuple[int, int]]:
        places: dict[str, tuple[int, int]] = {}
        for form, start, end in zip(reading.forms, reading.starts, reading.ends, strict=True):
            if form.is_word and end - start >= _LEAST_LETTERS:
                places.setdefault(form.written, (start, end))
                if len(places) == MOST_WORDS:
                    break
        told = zip(self._model.contributions([*places], category), places.values(), strict=True) if places else ()
        best = sorted(told, key=lambda each: -each[0])[:EVIDENCE_WORDS]
        return [place for weight, place in best if weight >= LEAST_CONTRIBUTION]


@Language.factory("sidak_classification")
def make_classification(nlp: Language, name: str) -> ClassificationComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return ClassificationComponent()
