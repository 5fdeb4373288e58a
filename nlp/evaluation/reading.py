"""Scores the pipeline as a whole, verdicts and all: `sidak evaluate --data DIR --part reading`.

The shipped models have learnt all complaints. Later ones, and every second of another province (of which only stems are
at hand), are scored where other models are in use, which `sidak train --until 2022-09-01 --output MODELS` makes:
`sidak evaluate --part reading --models MODELS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sklearn.metrics import average_precision_score

from nlp.analyze import Analyzer
from nlp.model import is_shipped
from nlp.teaching.devdata import SPLIT_DAY, STREAMS, Example, read_backgrounds, read_complaints, read_labelled_tweets
from nlp.teaching.encoder.taught import is_taught
from nlp.teaching.province import read_province
from sidak.models import Lane, Post, Relevance, Report

Scores = dict[str, Any]
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_LANES: tuple[Lane, ...] = ("overheard", "addressed")


def evaluate_reading(data: Path) -> dict[str, Scores]:
    """Return scores of tweets, streams and, where models that did not learn them are in use, later complaints."""
    analyzer = Analyzer()
    tweets = list(read_labelled_tweets(data))
    # Half of the streams taught the encoder; the linear models have seen the other half too.
    streams = [each for each in read_backgrounds(data) if not is_taught(each)]
    heard = _read(analyzer, streams, "overheard")
    scores = {"fifty_tweets": _score(tweets, _read(analyzer, tweets, "overheard"))}
    for name in STREAMS:
        scores[name] = _score_stream([r for e, r in zip(streams, heard, strict=True) if e.origin == name])
    if is_shipped():
        return scores
    province = list(read_province(data, held_out=True))
    for lane in _LANES:
        scores[f"other_province_stems_{lane}"] = _score(province, _read(analyzer, province, lane))
    complaints = list(read_complaints(data, since=SPLIT_DAY))
    named = [bool(each.topic) and not each.topic.startswith("N_") for each in complaints]
    for lane in _LANES:
        read = _read(analyzer, complaints, lane)
        of_topics = [report for report, is_named in zip(read, named, strict=True) if is_named]
        scores[f"later_complaints_{lane}"] = {
            **_score(complaints, read),
            "official_topics_against_streams": _score_against(of_topics, heard),
        }
    return scores


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
    return {
        "texts": len(examples),
        "gate_recall": _share(report.gate.passed for report in worth),
        **_score_verdicts([(bool(truth), relevance) for truth, relevance in clear]),
    }


def _score_verdicts(judged: Sequence[tuple[bool, Relevance]]) -> Scores:
    truths = [truth for truth, _ in judged]
    right = sum(truth for truth, relevance in judged if relevance.is_report)
    called = sum(bool(relevance.is_report) for _, relevance in judged)
    dropped = sum(truth for truth, relevance in judged if relevance.is_report is False)
    return {
        "reports": sum(truths),
        "average_precision": round(float(average_precision_score(truths, [r.probability for _, r in judged])), 4),
        "precision_where_sure": round(right / max(called, 1), 4),
        "recall_where_sure": round(right / max(sum(truths), 1), 4),
        "f1_where_sure": round(2 * right / max(called + sum(truths), 1), 4),
        "reports_dropped": round(dropped / max(sum(truths), 1), 4),
        "left_to_people": _share(relevance.is_report is None for _, relevance in judged),
    }


def _score_against(reports: Sequence[Report], others: Sequence[Report]) -> Scores:
    """Return how well texts taken for reports are told from others taken for none."""
    judged = [(True, each.relevance) for each in reports] + [(False, each.relevance) for each in others]
    return _score_verdicts(judged)


def _score_stream(reports: Sequence[Report]) -> Scores:
    """Return how many in 1,000 are called reports, and left to people."""
    called = sum(bool(each.relevance.is_report) for each in reports)
    left = sum(each.relevance.is_report is None for each in reports)
    return {
        "texts": len(reports),
        "called_reports_per_1000": round(called / max(len(reports), 1) * 1000, 1),
        "left_to_people_per_1000": round(left / max(len(reports), 1) * 1000, 1),
    }


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return round(sum(values) / max(len(values), 1), 4)
