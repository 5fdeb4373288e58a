"""Linear models as plain text: a name and a weight a line, so that a change can be read in a diff."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping

import msgspec

BIAS = "(bias)"
_LEAST = 1e-6


class LinearModel(msgspec.Struct, frozen=True):
    """Weights by feature name."""

    bias: float
    weights: dict[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the logistic probability of a bag of features; unknown names weigh nothing."""
        return logistic(self.score(features))

    def score(self, features: Mapping[str, float]) -> float:
        """Return the log odds of a bag of features."""
        weight_of = self.weights.get
        return self.bias + sum([weight_of(name, 0.0) * value for name, value in features.items()])

    def contributions(self, features: Mapping[str, float], *, among: Container[str]) -> list[tuple[str, float]]:
        """Return what each known feature of those named adds, the strongest first."""
        known = [(name, value) for name, value in features.items() if name in among and name in self.weights]
        parts = [(name, self.weights[name] * value) for name, value in known]
        return sorted(parts, key=lambda part: (-abs(part[1]), part[0]))


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)) without overflow."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)), with p a millionth away from 0 and 1 at least."""
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(kept / (1.0 - kept))


def read_model(text: str) -> LinearModel:
    """Read a model as `write_model` wrote it; raises ValueError naming the line that is wrong."""
    weights: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#") or not line:
            continue
        name, tab, weight = line.partition("\t")
        if not tab:
            raise ValueError(f"model line {number}: expected a name, a tab and a weight")
        weights[name] = float(weight)
    return LinearModel(bias=weights.pop(BIAS, 0.0), weights=weights)


def write_model(model: LinearModel, *, comments: Iterable[str] = ()) -> str:
    """Return the model as text, sorted by name."""
    lines = [f"# {comment}" for comment in comments]
    lines.append(f"{BIAS}\t{model.bias:.4f}")
    lines += [f"{name}\t{weight:.4f}" for name, weight in sorted(model.weights.items())]
    return "\n".join(lines) + "\n"
