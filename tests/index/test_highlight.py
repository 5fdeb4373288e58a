"""Highlights: the words asked for, in the spelling of the text, wherever they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.highlight import highlight_spans
from index.parse_query import parse_query
from sidak.errors import UsageError


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("jalan rusak", "Jln raya rsk, kerusakan JALAN", ["Jln", "rsk", "kerusakan", "JALAN"]),
        ('"jalan rusak"', "Jalan ini rusak; jln rsk", ["jln rsk"]),
        ("jalan -rusak", "jalan rusak", ["jalan"]),
        ("jemb*", "di jembatan Subah", ["jembatan"]),
        ("banjir OR lampu", "lampu mati", ["lampu"]),
        ('lampu "lampu mati"', "lampu mati lampu", ["lampu mati", "lampu"]),
        ("", "jalan", []),
        ("-jalan", "jalan", []),
        ("jalan", "", []),
    ],
)
def test_what_is_marked(query: str, text: str, marked: list[str]) -> None:
    assert [text[span.start : span.end] for span in highlight_spans(text, parse_query(query))] == marked


@given(
    text=st.text(max_size=80) | st.text(alphabet="jalnrusk \u200b\u202e<>&", max_size=80), query=st.text(max_size=20)
)
def test_spans_are_ordered_apart_and_inside_the_text(text: str, query: str) -> None:
    try:
        expression = parse_query(f"jalan OR {query}")
    except UsageError:
        return
    end = 0
    for span in highlight_spans(text, expression):
        assert end <= span.start < span.end <= len(text)
        end = span.end


def test_a_very_long_text_is_marked_quickly() -> None:
    assert highlight_spans("jalan rusak " * 100_000, parse_query('"jalan rusak"'))
