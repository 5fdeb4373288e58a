"""What a query is about, by the words of the lexicons."""

from __future__ import annotations

import pytest

from index.tokens import search_terms
from index.topics import find_topics


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("jln berlubang", "jalan_rusak"),
        ("lampu jalan padam", "lampu_jalan"),
        ("pungutan liar", "pungli"),
        ("sampah menumpuk", "sampah"),
        ("got mampet", "drainase"),
    ],
)
def test_a_trouble_that_is_named_is_the_topic(text: str, topic: str) -> None:
    assert topic in find_topics(search_terms(text))


@pytest.mark.parametrize("text", ["", "subah", "lampu", "kemarin sore"])
def test_words_that_name_no_trouble_have_none(text: str) -> None:
    assert find_topics(search_terms(text)) == ()
