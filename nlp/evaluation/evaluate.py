"""Scores the pipeline on a folder of development data: `sidak evaluate --data DIR`.

Splits are honest: relevance out of fold with copies of a text in one fold, complaints by date (training saw the earlier
ones only), categories retrained without what they are tested on, invented texts named as such. Texts are never printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sklearn.metrics import average_precision_score

from nlp.analyze import Analyzer
from nlp.evaluation.registers import score_registers
from nlp.teaching.devdata import Example, read_complaints, read_labelled_tweets
from nlp.teaching.train import LABELS
from sidak.models import Lane, Post, Report

Scores = dict[str, Any]
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
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
    """Return what the shipped pipeline as a whole says of texts that it was not trained on."""
    analyzer = Analyzer()
    complaints = list(read_complaints(data, later=True))
    tweets = list(read_labelled_tweets(data))
    return {
        "later_complaints_overheard": _score(complaints, _read(analyzer, complaints, "overheard")),
        "later_complaints_addressed": _score(complaints, _read(analyzer, complaints, "addressed")),
        "fifty_tweets": _score(tweets, _read(analyzer, tweets, "overheard")),
    }


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


def _read(analyzer: Analyzer, examples: Iterable[Example], lane: Lane) -> list[Report]:
    posts = (
        Post(
            source="evaluation",
            native_id=str(number),
            kind="post",
            lane=lane,
            text=example.text,
            created_at=_NOW,
            collected_at=_NOW,
        )
        for number, example in enumerate(examples)
    )
    return list(analyzer.analyze(posts, now=_NOW))


def _score(examples: Sequence[Example], reports: Sequence[Report]) -> Scores:
    """Return gate recall (unclear ones count as worth reading), and how well reports are told from the rest."""
    worth = [report for example, report in zip(examples, reports, strict=True) if example.is_report is not False]
    clear = [(e.is_report, r.relevance) for e, r in zip(examples, reports, strict=True) if e.is_report is not None]
    yes = [truth for truth, relevance in clear if relevance.is_report]
    dropped = [truth for truth, relevance in clear if relevance.is_report is False]
    truths = [bool(truth) for truth, _ in clear]
    return {
        "texts": len(examples),
        "reports": sum(truths),
        "gate_recall": _share(report.gate.passed for report in worth),
        "average_precision": round(float(average_precision_score(truths, [r.probability for _, r in clear])), 4),
        "precision_where_sure": _share(bool(truth) for truth in yes),
        "recall_where_sure": round(sum(map(bool, yes)) / max(sum(truths), 1), 4),
        "reports_dropped": round(sum(map(bool, dropped)) / max(sum(truths), 1), 4),
        "left_to_people": round(sum(r.is_report is None for _, r in clear) / max(len(clear), 1), 4),
    }


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return round(sum(values) / max(len(values), 1), 4)
