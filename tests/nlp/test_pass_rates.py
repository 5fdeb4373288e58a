"""The pass rates of nlp/evaluation/phenomena.py must not fall below the recorded floors; what trains must not be measured with."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from nlp.analyze import Analyzer
from nlp.evaluation.phenomena import FLOORS, FOLDER, PassRate, measure, read_phenomena, render
from nlp.taxonomy import categories
from nlp.teaching.devdata import plain

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


def test_sentences_to_train_with_are_none_to_measure_with() -> None:
    measured = {plain(text) for each in PHENOMENA for case in each.cases for text in (case.text, case.base) if text}
    rows = _training_rows()
    assert not [text for text, *_ in rows if plain(text) in measured]
    for text, label, category, *_ in rows:
        assert label in {"0", "1"}, text
        assert category == "-" or category in categories(), text


def _training_rows() -> list[list[str]]:
    lines = files("nlp").joinpath("data/training/reports.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
