"""Learning from inspectors: a small correction of the report probability, fitted to what people decided here.

The shipped model stays as it is. On top of its log odds comes a logistic correction whose weights are drawn towards
"change nothing" (Gaussian prior, maximum a posteriori), so that a few dozen decisions can move it a little and many
can move it far. It is kept only where decisions that it did not see are told better with it than without.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from nlp.linear import LinearModel, logistic
from sidak.errors import UsageError
from sidak.models import Lane

SCORE = "score"
"""The weight of the shipped model's own log odds, 1 where nothing was learnt."""
LEAST_DECISIONS = 40
LEAST_OF_EACH = 8
LEAST_TEXTS = 5
"""A word must stand in so many decided reports to be weighed."""
PRIOR_STRENGTH = 2.0
FOLDS = 5
_SEED = 0
_EDGE = 1e-4

Matrix = npt.NDArray[np.float64]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A report that people decided about: what the shipped model thought, what speaks in it, what they found."""

    id: str
    probability: float
    features: dict[str, float]
    is_report: bool


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """A correction, and the mean log loss of unseen decisions without it and with it (lower is better).

    `chance` is two standard errors of the difference: what may be luck.
    """

    model: LinearModel
    decisions: int
    reports: int
    before: float
    after: float
    chance: float

    @property
    def helps(self) -> bool:
        """Whether decisions that the correction did not see are told better with it, by more than luck."""
        return self.before - self.after > self.chance


def adaptation_features(*, stems: Iterable[str], lane: Lane, category: str | None, source: str) -> dict[str, float]:
    """Return what a correction may depend on; words weigh one over the root of their number."""
    distinct = sorted({stem for stem in stems if stem.isalpha()})
    weight = 1.0 / math.sqrt(max(len(distinct), 1))
    features = {f"w:{stem}": weight for stem in distinct}
    features[f"lane:{lane}"] = features[f"source:{source}"] = features[f"category:{category}"] = 1.0
    return features


def adjust_probability(probability: float, features: Mapping[str, float], correction: LinearModel) -> float:
    """Return the probability after the correction."""
    added = correction.bias + sum(correction.weights.get(name, 0.0) * value for name, value in features.items())
    return logistic(correction.weights.get(SCORE, 1.0) * _log_odds(probability) + added)


def learn_adaptation(judged: Sequence[Judged]) -> Learned:
    """Fit a correction to decisions. Raises UsageError where there are too few of either kind to learn from."""
    reports = sum(each.is_report for each in judged)
    if len(judged) < LEAST_DECISIONS or min(reports, len(judged) - reports) < LEAST_OF_EACH:
        raise UsageError(
            f"{len(judged)} decided reports, {len(judged) - reports} of them found to be none: at least "
            f"{LEAST_DECISIONS} are needed, {LEAST_OF_EACH} of each kind"
        )
    truths = np.array([float(each.is_report) for each in judged])
    base = np.array([_log_odds(each.probability) for each in judged])
    before, after = _log_losses(base, truths), _log_losses(_out_of_fold(judged, base, truths), truths)
    return Learned(
        model=_fit(judged, base, truths),
        decisions=len(judged),
        reports=reports,
        before=round(float(before.mean()), 4),
        after=round(float(after.mean()), 4),
        chance=round(2 * float((before - after).std()) / math.sqrt(len(judged)), 4),
    )


def _out_of_fold(judged: Sequence[Judged], base: Matrix, truths: Matrix) -> Matrix:
    """Return each decision's log odds by a correction that did not see it."""
    from sklearn.model_selection import StratifiedKFold

    odds = np.zeros(len(judged))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
    for seen, held in folds.split(base.reshape(-1, 1), truths):
        model = _fit([judged[each] for each in seen], base[seen], truths[seen])
        odds[held] = [_log_odds(adjust_probability(judged[i].probability, judged[i].features, model)) for i in held]
    return odds


def _fit(judged: Sequence[Judged], base: Matrix, truths: Matrix) -> LinearModel:
    from scipy.optimize import minimize

    names = _common_names(judged)
    matrix = np.array([[each.features.get(name, 0.0) for name in names] for each in judged])
    design = np.column_stack([base, np.ones(len(judged)), matrix])
    prior = np.zeros(design.shape[1])
    prior[0] = 1.0

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        odds, away = design @ weights, weights - prior
        value = np.logaddexp(0.0, odds) - truths * odds
        slope = design.T @ (1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))) - truths)
        return float(value.sum() + PRIOR_STRENGTH / 2 * away @ away), slope + PRIOR_STRENGTH * away

    found = minimize(loss, prior, jac=True, method="L-BFGS-B").x
    weights = {SCORE: round(float(found[0]), 4)}
    weights |= {name: round(float(weight), 4) for name, weight in zip(names, found[2:], strict=True)}
    return LinearModel(bias=round(float(found[1]), 4), weights=weights)


def _common_names(judged: Sequence[Judged]) -> list[str]:
    counts = Counter(name for each in judged for name in each.features)
    return sorted(name for name, count in counts.items() if count >= LEAST_TEXTS)


def _log_odds(probability: float) -> float:
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def _log_losses(odds: Matrix, truths: Matrix) -> Matrix:
    return np.asarray(np.logaddexp(0.0, odds) - truths * odds)
