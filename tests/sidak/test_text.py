"""Text hygiene: whatever comes in can be encoded afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidak.text import MAX_TEXT_CHARS, clean_text


@pytest.mark.parametrize(
    ("given_text", "text", "warnings"),
    [
        ("Jalan rusak di Subah", "Jalan rusak di Subah", ()),
        ("<b>banjir</b> \u202e\u200b", "<b>banjir</b> \u202e\u200b", ()),
        ("jalan\0rusak", "jalan\ufffdrusak", ("nul_replaced",)),
        ("lampu \ud800 mati", "lampu \ufffd mati", ("surrogates_replaced",)),
        ("marah \ud83d\ude21", "marah \U0001f621", ()),
        ("\ud83d\ude21\udc00\0", "\U0001f621\ufffd\ufffd", ("nul_replaced", "surrogates_replaced")),
    ],
)
def test_clean_text_keeps_what_is_text_and_says_what_it_replaced(
    given_text: str, text: str, warnings: tuple[str, ...]
) -> None:
    assert clean_text(given_text) == (text, warnings)


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    text, warnings = clean_text("a" * (MAX_TEXT_CHARS + 1))
    assert (len(text), warnings) == (MAX_TEXT_CHARS, ("text_cut",))
    assert clean_text("abcdef", limit=3) == ("abc", ("text_cut",))


@given(st.text(alphabet=st.characters(codec=None)))
def test_cleaned_text_is_encodable_and_stays_as_it_is(text: str) -> None:
    cleaned, _ = clean_text(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert clean_text(cleaned) == (cleaned, ())
