"""The work that a text takes grows with its length: counted in calls, not by the clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from nlp.components.personal_data import find_personal_data
from nlp.components.places import locate
from nlp.gate import read_gate
from nlp.normalize import normalize_text

HOSTILE = (
    "Jl. ", "Pak Budi ", "0812 ", "a@b. ", "www.x ", "jalan2 ", "Kec. Subah ", "1.1. ", "-' ", "rek 12 ", "lahir 1 ",
)  # fmt: skip
TIMES = 8


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
