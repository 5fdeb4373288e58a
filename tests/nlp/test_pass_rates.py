"""The pass rates of nlp/evaluation/phenomena.py must not fall below the recorded floors."""

from __future__ import annotations

import tomllib

import pytest

from nlp.analyze import Analyzer
from nlp.evaluation.phenomena import FLOORS, FOLDER, PassRate, measure, read_phenomena, render
from nlp.taxonomy import categories

LEAST_CASES = 40
RECORDED = tomllib.loads((FOLDER / FLOORS).read_text(encoding="utf-8"))
PHENOMENA = read_phenomena(FOLDER)


@pytest.fixture(scope="module")
def rates() -> dict[str, PassRate]:
    return {each.name: each for each in measure(PHENOMENA, analyzer=Analyzer())}


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_pass_rate_holds(rates: dict[str, PassRate], name: str) -> None:
    strict, lenient = RECORDED[name]
    rate = rates[name]
    assert rate.strict >= strict, rate.failed
    assert rate.lenient >= lenient, rate.failed


def test_every_phenomenon_has_cases_a_floor_and_known_categories() -> None:
    assert {each.name for each in PHENOMENA} == set(RECORDED)
    for phenomenon in PHENOMENA:
        assert len(phenomenon.cases) >= LEAST_CASES, phenomenon.name
        assert {name for case in phenomenon.cases for name in case.categories} <= set(categories()), phenomenon.name


def test_table_has_a_row_a_phenomenon(rates: dict[str, PassRate]) -> None:
    assert render(list(rates.values())).count("\n") == len(PHENOMENA) + 2
