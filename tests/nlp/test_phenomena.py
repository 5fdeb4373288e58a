"""Invented sentences, one phenomenon each: the share that is read as a person would must not fall."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nlp.analyze import Analyzer
from nlp.taxonomy import categories
from sidak.models import Post, Report

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
CASES = tomllib.loads(Path(__file__).with_name("phenomena.toml").read_text(encoding="utf-8"))["case"]
LEAST_VERDICTS = 0.85
LEAST_CATEGORIES = 0.85


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    posts = (
        Post(
            source="test",
            native_id=str(n),
            kind="post",
            lane="overheard",
            text=case["text"],
            created_at=NOW,
            collected_at=NOW,
        )
        for n, case in enumerate(CASES)
    )
    return list(Analyzer(region="33").analyze(posts, now=NOW))


def test_reports_are_told_from_the_rest(reports: list[Report]) -> None:
    wrong = [
        f"{case['phenomenon']}: {report.relevance.is_report} ({report.relevance.probability}) {report.relevance.reasons}"
        for case, report in zip(CASES, reports, strict=True)
        if not _verdict_is_right(case, report.relevance.is_report)
    ]
    assert len(wrong) <= (1 - LEAST_VERDICTS) * len(CASES), "\n".join(wrong)


def test_no_report_is_dropped_and_no_chatter_is_called_a_report(reports: list[Report]) -> None:
    lost = [
        c["phenomenon"]
        for c, r in zip(CASES, reports, strict=True)
        if c["report"] == "yes" and r.relevance.is_report is False
    ]
    invented = [
        c["phenomenon"] for c, r in zip(CASES, reports, strict=True) if c["report"] == "no" and r.relevance.is_report
    ]
    assert len(lost) <= 2, lost
    assert len(invented) <= 2, invented


def test_categories_are_the_expected_ones(reports: list[Report]) -> None:
    expected = [(c["category"], r) for c, r in zip(CASES, reports, strict=True) if "category" in c]
    wrong = [
        f"{category}: {r.classification.category} {r.post.text}"
        for category, r in expected
        if r.classification.category != category
    ]
    assert len(wrong) <= (1 - LEAST_CATEGORIES) * len(expected), "\n".join(wrong)


def test_misconduct_is_restricted_and_private_disorder_is_not(reports: list[Report]) -> None:
    for report in reports:
        assert report.restricted == (report.classification.kind == "misconduct")
    private = [r for c, r in zip(CASES, reports, strict=True) if "no misconduct" in c["phenomenon"]]
    assert private
    assert not any(report.restricted for report in private)


def test_every_category_is_of_the_taxonomy(reports: list[Report]) -> None:
    for report in reports:
        category = report.classification.category
        assert category is None or categories()[category].kind == report.classification.kind


def _verdict_is_right(case: dict[str, str], verdict: bool | None) -> bool:
    if case["report"] == "no":
        return verdict is False
    return verdict is True or (verdict is None and "lenient" in case)
