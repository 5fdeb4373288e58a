"""The words of search: one reading for what people wrote and what people ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.search_words import frequency_of_forms, function_words, search_stem


@pytest.mark.parametrize(
    "forms",
    [
        ("palak", "dipalak", "pemalakan", "memalak", "malakin", "Dipalakin"),
        ("sogok", "nyogok", "disogok", "sogokan", "penyogokan"),
        ("padam", "pemadaman", "dipadamkan", "padamnya"),
        ("cor", "pengecoran", "ngecor", "dicor"),
        ("jalan", "jln", "jalannya", "jalanan"),
        ("seleweng", "penyelewengan", "diselewengkan"),
    ],
)
def test_forms_are_searched_as_one_word(forms: tuple[str, ...]) -> None:
    assert len({search_stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["Keputih", "Peneleh", "Subah", "Kenjeran", "calon", "corak", "tambahan"])
def test_names_and_other_words_are_not_cut_down_to_a_root_of_the_list(word: str) -> None:
    assert search_stem(word) not in {"putih", "teleh", "bah", "calo", "cor", "tambal"}


def test_function_words_are_stems_that_text_has() -> None:
    assert {search_stem(word) for word in ("di", "yang", "untuk", "yg", "utk")} <= function_words()
    assert "jalan" not in function_words()


def test_a_stem_is_as_common_as_its_forms() -> None:
    assert frequency_of_forms("genang") > 3
    assert frequency_of_forms("jalan") > frequency_of_forms("lubang") > frequency_of_forms("xyzzy") == 0


@given(st.text(max_size=60))
def test_any_word_has_a_stem(word: str) -> None:
    assert isinstance(search_stem(word), str)
    assert frequency_of_forms(search_stem(word)[:20]) >= 0
