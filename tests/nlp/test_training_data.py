"""What was invented to learn from: whole, labelled with what exists, and nobody's data."""

import re
from collections import Counter

import pytest

from nlp.taxonomy import categories
from nlp.teaching.sentences import ALL_POSTS, LETTERS, read_ours, read_rows

pytestmark = pytest.mark.parametrize("name", [*ALL_POSTS, LETTERS])
PERSONAL = re.compile(r"\d{9,}|\+62|\b08\d{2}[\d -]{5,}|[\w.]+@[\w-]+\.\w+|https?://")
ACCOUNT = re.compile(r"(?<!\w)@(?!user\b)\w+")


def test_every_line_says_what_it_reports(name):
    for text, is_report, category in read_rows(name):
        assert text.strip(), "an empty text"
        known = category in categories() if is_report == "1" else category == "-"
        assert known, f"{category} at: {text}"


def test_no_text_stands_twice(name):
    counts = Counter(example.text.lower() for example in read_ours(name))
    assert [text for text, count in counts.items() if count > 1] == []


def test_nobody_can_be_reached_by_what_was_invented(name):
    texts = [example.text for example in read_ours(name)]
    assert [text for text in texts if PERSONAL.search(text) or ACCOUNT.search(text)] == []


def test_both_sides_are_told(name):
    reports = [example.is_report for example in read_ours(name)]
    assert 0.3 < sum(map(bool, reports)) / len(reports) < 0.7
    assert len(reports) > 1000
