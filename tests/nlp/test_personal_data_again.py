"""A name that was found once is found everywhere else in its text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.personal_data.again import find_again, find_in_tags

LETTERS = "susikne SUSIKNE_1#'.-éſKİı\u0301"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Susi, SUSINYA dan susi_2", ["Susi", "SUSINYA", "susi"]),
        ("susix xsusi su si suséi", []),
        ("ſuſi dan susı", ["ſuſi", "susı"]),
        ("anne'nya annie ANNNYA", ["anne", "ANNNYA"]),
    ],
)
def test_names_are_found_whole_in_any_case_and_with_endings(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_again(text, ["susi", "ann"])] == found


@settings(deadline=None)
@given(st.text(LETTERS), st.lists(st.text("susikne", min_size=3, max_size=6), max_size=3, unique=True))
def test_stretches_of_letters_are_what_a_pattern_ignoring_case_finds(text: str, parts: list[str]) -> None:
    ordered = sorted(parts, key=len, reverse=True)
    pattern = rf"(?i)(?<![^\W\d_])(?:{'|'.join(ordered)})(?:nya|lah|kah|pun|ku|mu|ne|e)?(?![^\W\d_])"
    wanted = [match.span() for match in re.finditer(pattern, text)] if parts else []
    assert list(find_again(text, ordered)) == wanted


def test_in_tags_only_long_parts_are_found() -> None:
    text = "#keadilanuntukSUSILOWATI #kasusanti"
    found = [text[start:end] for start, end in find_in_tags(text, ["susilowati", "sant"])]
    assert found == ["SUSILOWATI"]
