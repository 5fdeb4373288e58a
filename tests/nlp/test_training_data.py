"""What was invented to learn from: whole, labelled with what exists, nobody's data, and none of it to measure with."""

import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from nlp.evaluation.phenomena import FOLDER, read_phenomena
from nlp.lexicon import kind_of
from nlp.taxonomy import categories
from nlp.teaching.category_examples import SENTENCES
from nlp.teaching.devdata import plain
from nlp.teaching.sentences import ALL_POSTS, LETTERS, UNSEEN_PAIRS, read_rows

AS_PEOPLE_WRITE = [*ALL_POSTS, LETTERS, UNSEEN_PAIRS]
NAMES = ["reports", *SENTENCES, *AS_PEOPLE_WRITE]
FOLDER_OF_DATA = files("nlp").joinpath("data")
PERSONAL = re.compile(r"\d{9,}|\+62[ -]?\d|\b08\d{2}[\d -]{5,}|[\w.]+@[\w-]+\.\w+|https?://")
ACCOUNT = re.compile(r"(?<!\w)@(?!user\b)\w+")
OFFICES_OWN = {"@pln"}
"""Accounts of offices, which are nobody's data."""
TOLD_TWICE = {"pajak lunas jalan tetep rusak"}
"""What two writers hit upon alike, with one label, and all posts were learnt with."""
WORD = re.compile(r"[^\W\d_]+")
COUNTED = re.compile(r"\| (?P<names>`[^|]+) \| (?P<lines>[\d,]+) \((?P<reports>[\d,]+)\) \|")


def _rows(name):
    """Yield the text, the label and the category of each sentence of one file."""
    for text, is_report, *rest in read_rows(name):
        yield text, is_report, rest[1] if name in SENTENCES else rest[0]


def test_every_file_is_tested():
    written = {each.name for each in FOLDER_OF_DATA.joinpath("training").iterdir() if each.name.endswith(".tsv")}
    assert written == {f"{name}.tsv" for name in NAMES}


def test_the_readme_counts_the_lines_and_reports_of_every_file():
    counted = {
        tuple(re.findall(r"`(\w+)\.tsv`", row["names"])): tuple(
            int(row[column].replace(",", "")) for column in ("lines", "reports")
        )
        for row in COUNTED.finditer(FOLDER_OF_DATA.joinpath("training/README.md").read_text(encoding="utf-8"))
    }
    assert sorted(name for names in counted for name in names) == sorted(NAMES)
    for names, told in counted.items():
        labels = [is_report for name in names for _, is_report, *_ in read_rows(name)]
        assert told == (len(labels), labels.count("1")), names


def test_the_list_of_sources_names_every_file_to_learn_from():
    sources = FOLDER_OF_DATA.joinpath("SOURCES.md").read_text(encoding="utf-8")
    written = {each.name for each in FOLDER_OF_DATA.joinpath("training").iterdir()} - {"README.md"}
    assert {*re.findall(r"`training/([\w.]+)`", sources)} == written


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_passed_over(name):
    written = FOLDER_OF_DATA.joinpath(f"training/{name}.tsv").read_text(encoding="utf-8").splitlines()
    assert sum(not line.startswith("# ") for line in written) == len(list(read_rows(name)))
    assert len({len(row) for row in read_rows(name)}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_line_says_what_it_reports(name):
    for text, is_report, category in _rows(name):
        assert text.strip(), "an empty text"
        may_be_named = is_report == "1" or name == "reports"  # whose near misses name what they nearly tell
        may_be_open = is_report == "0" or name == "reports"
        assert (category in categories() and may_be_named) or (category == "-" and may_be_open), f"{category}: {text}"


@pytest.mark.parametrize("name", SENTENCES)
def test_the_kind_is_that_of_the_category(name):
    assert [text for text, _, kind, category in read_rows(name) if category != "-" and kind != kind_of(category)] == []


def test_no_text_stands_twice_in_any_file():
    wordings = (" ".join(WORD.findall(text.lower())) for name in NAMES for text, *_ in read_rows(name))
    assert {wording for wording, count in Counter(wordings).items() if count > 1} == TOLD_TWICE


@pytest.mark.parametrize("name", NAMES)
def test_nobody_can_be_reached_by_what_was_invented(name):
    texts = [text for text, *_ in read_rows(name)]
    assert [text for text in texts if PERSONAL.search(text) or {*ACCOUNT.findall(text)} - OFFICES_OWN] == []


@pytest.mark.parametrize("name", AS_PEOPLE_WRITE)
def test_both_sides_are_told(name):
    reports = [is_report == "1" for _, is_report, *_ in read_rows(name)]
    assert 0.3 < sum(reports) / len(reports) < 0.7
    assert len(reports) > (400 if name == UNSEEN_PAIRS else 1000)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_trained_with_is_none_to_measure_with(name):
    single = tomllib.loads(Path(__file__).with_name("phenomena.toml").read_text(encoding="utf-8"))["case"]
    cases = [text for each in read_phenomena(FOLDER) for case in each.cases for text in (case.text, case.base) if text]
    measured = {plain(text) for text in (*cases, *(case["text"] for case in single))}
    assert [text for text, *_ in read_rows(name) if plain(text) in measured] == []
