"""Invented sentences, one phenomenon each, and none of them may be read otherwise than a person would.

Beside the pass rates (`phenomena/`), which are published and let a case or two change sides, these are what no change
may break: they were looked at while the reading was written, are read as posts of a region, and say the category too.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nlp.analyze import Analyzer
from nlp.evaluation.phenomena import FOLDER, read_phenomena
from nlp.taxonomy import categories
from nlp.teaching.devdata import plain
from sidak.models import Post, Report

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
CASES = {
    case["phenomenon"]: case
    for case in tomllib.loads(Path(__file__).with_name("phenomena.toml").read_text(encoding="utf-8"))["case"]
}


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    posts = [
        Post(
            source="test",
            native_id=phenomenon,
            kind="post",
            lane="overheard",
            text=case["text"],
            created_at=NOW,
            collected_at=NOW,
        )
        for phenomenon, case in CASES.items()
    ]
    return dict(zip(CASES, Analyzer(region="33").analyze(posts, now=NOW), strict=True))


@pytest.mark.parametrize("phenomenon", CASES)
def test_reports_are_told_from_the_rest(reports: dict[str, Report], phenomenon: str) -> None:
    case, found = CASES[phenomenon], reports[phenomenon].relevance
    right = {case["report"] == "yes", *([None] if "lenient" in case else ())}
    assert found.is_report in right, (found.probability, found.reasons)


@pytest.mark.parametrize("phenomenon", [name for name, case in CASES.items() if "category" in case])
def test_categories_are_the_expected_ones(reports: dict[str, Report], phenomenon: str) -> None:
    assert reports[phenomenon].classification.category == CASES[phenomenon]["category"]


def test_misconduct_is_restricted_and_private_disorder_is_not(reports: dict[str, Report]) -> None:
    named = {name: categories()[case["category"]].kind for name, case in CASES.items() if "category" in case}
    assert {name for name in named if reports[name].restricted} == {
        name for name, kind in named.items() if kind == "misconduct"
    }
    assert not any(reports[name].restricted for name in CASES if "no misconduct" in name)


def test_no_sentence_is_counted_among_the_pass_rates_too() -> None:
    counted = {plain(case.text) for each in read_phenomena(FOLDER) for case in each.cases}
    assert counted.isdisjoint(plain(case["text"]) for case in CASES.values())
