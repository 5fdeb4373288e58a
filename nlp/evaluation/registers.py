"""How well reports are told from the rest, by register, with intervals and a reliability diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nlp.evaluation.measures import (
    Measure,
    Truths,
    average_precision,
    best_f1,
    calibration_error,
    f1_at_half,
    interval,
    reliability,
)
from nlp.evaluation.measures import Scores as Probabilities
from nlp.model import threshold
from nlp.teaching.folds import OutOfFold

Scores = dict[str, Any]

_MEASURES: Mapping[str, Measure] = {
    "average_precision": average_precision,
    "f1_at_half": f1_at_half,
    "best_f1": best_f1,
    "calibration_error": calibration_error,
}


def score_registers(found: OutOfFold) -> dict[str, Scores]:
    """Return the figures of each origin; of a stream without reports, how many in 1,000 are called one."""
    return {
        origin: _score(truths, found.probabilities[origin])
        if 0 < truths.sum() < len(truths)
        else _score_stream(found.probabilities[origin])
        for origin, truths in found.truths.items()
    }


def _score(truths: Truths, probabilities: Probabilities) -> Scores:
    bar, low = threshold("report_yes"), threshold("report_no")
    called = probabilities >= bar
    right = int(truths[called].sum())
    return {
        "texts": len(truths),
        "reports": int(truths.sum()),
        **{name: msgspec.to_builtins(interval(m, truths, probabilities)) for name, m in _MEASURES.items()},
        "at_threshold": {
            "threshold": bar,
            "precision": round(right / max(int(called.sum()), 1), 4),
            "recall": round(right / int(truths.sum()), 4),
            "f1": round(2 * right / (int(called.sum()) + int(truths.sum())), 4),
        },
        "dropped": round(float(truths[probabilities < low].sum() / truths.sum()), 4),
        "left_to_people": round(float(((probabilities >= low) & ~called).mean()), 4),
        "reliability": msgspec.to_builtins(reliability(truths, probabilities)),
    }


def _score_stream(probabilities: Probabilities) -> Scores:
    alerts = float((probabilities >= threshold("report_yes")).mean()) * 1000
    return {"texts": len(probabilities), "called_reports_per_1000": round(alerts, 1)}
