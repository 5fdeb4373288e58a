"""The work that a text takes grows with its length: counted in calls, not by the clock."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest

from nlp.analyze import Analyzer
from nlp.components.places import locate
from nlp.cutting import Cutter, Words
from nlp.gate import read_gate
from nlp.normalize import normalize_text
from nlp.personal_data.find import find_personal_data
from sidak.models import Post

HOSTILE = (
    "Jl. ", "Pak Budi ", "0812 ", "a@b. ", "www.x ", "jalan2 ", "Kec. Subah ", "1.1. ", "-' ", "rek 12 ", "lahir 1 ",
)  # fmt: skip
TIMES = 8
NOW = datetime(2026, 11, 2, tzinfo=UTC)
RULES_OF_CUTTING = 3
"""Words as they are written, folded for comparison with names, and as names of persons are told."""


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(region="33.25")


def make_post(text: str) -> Post:
    return Post(
        source="test", native_id="1", kind="post", lane="addressed", text=text, created_at=NOW, collected_at=NOW
    )  # fmt: skip


def count_calls(run: Callable[[], object]) -> int:
    """Return how many functions of Python and of C were called."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("unit", HOSTILE)
def test_the_work_grows_no_faster_than_the_text(unit: str) -> None:
    def read(text: str) -> None:
        read_gate(text, lane="overheard")
        find_personal_data(text)
        locate(text, region="33.25")
        normalize_text(text)

    read(unit)
    short, long = unit * 100, unit * 100 * TIMES
    few = count_calls(lambda: read(short))
    many = count_calls(lambda: read(long))

    assert many < few * TIMES * 1.5


@pytest.mark.parametrize(
    "unit", ["jalan rusak pak budi 20rb kemarin di Subah. ", "tidak ", "rusak jalan ", "dishub 5/8 "]
)
def test_the_work_of_a_full_reading_grows_no_faster_than_the_text(analyzer: Analyzer, unit: str) -> None:
    def read(text: str) -> None:
        list(analyzer.analyze([make_post(text)], now=NOW))

    read(unit)
    short, long = unit * 40, unit * 40 * TIMES
    few = count_calls(lambda: read(short))
    many = count_calls(lambda: read(long))

    assert many < few * TIMES * 1.5


def test_a_batch_of_texts_is_cut_once_by_each_rule(analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Pak Budi, jalan di Subah rusak sejak kemarin, dimintai {number}rb oleh dishub" for number in range(90)]
    cuts: Counter[str] = Counter()
    cut = Cutter.cut

    def count(cutter: Cutter[Any], text: str) -> Words[Any]:
        cuts[text] += 1
        return cut(cutter, text)

    monkeypatch.setattr(Cutter, "cut", count)
    list(analyzer.analyze(map(make_post, texts), now=NOW))

    assert {cuts[text] for text in texts} == {RULES_OF_CUTTING}
