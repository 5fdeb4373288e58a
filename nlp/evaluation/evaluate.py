"""Scores the pipeline on a folder of development data: `sidak evaluate --data DIR`.

Splits are honest: relevance out of fold with copies of a text in one fold, complaints by date (training saw the earlier
ones only), categories retrained without what they are tested on, invented texts named as such. Texts are never printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from nlp.evaluation.registers import score_registers
from nlp.teaching.train import LABELS

Scores = dict[str, Any]
_INVENTED_TEXTS, _SEED = 2000, 2026


def evaluate(
    data: Path, *, parts: Iterable[str] | None = None, on_part: Callable[[str], None] = lambda _: None
) -> Scores:
    """Return the figures by part (all, or those named)."""
    wanted = list(PARTS) if parts is None else list(parts)
    scores: Scores = {}
    for name in wanted:
        on_part(name)
        scores[name] = PARTS[name](data)
    return scores


def evaluate_relevance(data: Path) -> Scores:
    """Return how well reports are told out of fold; models are trained anew for it."""
    from nlp.teaching.relevance import cross_validate

    return score_registers(cross_validate(data, labels=LABELS))


def evaluate_reading(data: Path) -> Scores:
    """Return what the pipeline as a whole says of texts that it was not trained on."""
    from nlp.evaluation.reading import evaluate_reading as measure

    return dict(measure(data))


def evaluate_gate(data: Path) -> Scores:
    """Return what the gate keeps of reports and lets through of the rest."""
    from nlp.evaluation.gate import evaluate_gate as measure

    return dict(measure(data))


def evaluate_category(data: Path) -> Scores:
    """Return how often category and kind are right, retrained without the tested texts."""
    from nlp.evaluation.category import evaluate_category as measure

    return dict(measure(data))


def evaluate_places(data: Path) -> Scores:
    """Return how often the area is right, told the city and untold."""
    from nlp.evaluation.places import evaluate_places as measure

    return dict(measure(data))


def evaluate_personal_data(_data: Path) -> Scores:
    """Return how much of invented personal data is masked: the only texts where the truth is known."""
    from nlp.evaluation.personal_data import evaluate_personal_data as measure

    return dict(measure(_SEED, _INVENTED_TEXTS))


PARTS: Mapping[str, Callable[[Path], Scores]] = {
    "relevance": evaluate_relevance,
    "reading": evaluate_reading,
    "gate": evaluate_gate,
    "category": evaluate_category,
    "places": evaluate_places,
    "personal_data": evaluate_personal_data,
}
