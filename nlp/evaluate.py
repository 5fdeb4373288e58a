"""Scores the committed pipeline on data it was not trained on: `python -m nlp.evaluate --data DIR`.

Formal complaints are split by date (training saw the earlier ones only), the labelled tweets were never trained on.
The scores go to standard output as one JSON object; texts never do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sklearn.metrics import average_precision_score

from nlp.analyze import Analyzer
from nlp.devdata import Example, read_complaints, read_labelled_tweets
from sidak.models import Lane, Post, Report

Scores = dict[str, float | int]
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate and print the scores."""
    parser = argparse.ArgumentParser(prog="python -m nlp.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of development data")
    options = parser.parse_args(arguments)
    json.dump(evaluate(options.data), sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0


def evaluate(data: Path) -> dict[str, Scores]:
    """Return the scores by data set; later complaints are read in both lanes."""
    analyzer = Analyzer()
    complaints = list(read_complaints(data, later=True))
    tweets = list(read_labelled_tweets(data))
    overheard = _read(analyzer, complaints, "overheard")
    return {
        "complaints_overheard": _score(complaints, overheard),
        "complaints_addressed": _score(complaints, _read(analyzer, complaints, "addressed")),
        "complaints_categories": _score_categories(complaints, overheard),
        "tweets_labelled": _score(tweets, _read(analyzer, tweets, "overheard")),
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
        "gate_pass_rate": _share(report.gate.passed for report in reports),
        "average_precision": round(float(average_precision_score(truths, [r.probability for _, r in clear])), 4),
        "precision_where_sure": _share(bool(truth) for truth in yes),
        "recall_where_sure": round(sum(map(bool, yes)) / max(sum(truths), 1), 4),
        "reports_dropped": round(sum(map(bool, dropped)) / max(sum(truths), 1), 4),
        "left_to_people": round(sum(r.is_report is None for _, r in clear) / max(len(clear), 1), 4),
    }


def _score_categories(examples: Sequence[Example], reports: Sequence[Report]) -> Scores:
    """Return how often the category is one that the official topic allows."""
    judged = [(e.categories, r.classification) for e, r in zip(examples, reports, strict=True) if e.categories]
    named = [(allowed, found) for allowed, found in judged if found.category is not None]
    return {
        "texts": len(judged),
        "named": round(len(named) / max(len(judged), 1), 4),
        "right_where_named": _share(found.category in allowed for allowed, found in named),
    }


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return round(sum(values) / max(len(values), 1), 4)


if __name__ == "__main__":
    raise SystemExit(main())
