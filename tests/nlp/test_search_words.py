"""The words of search: one reading for what people wrote and what people ask."""

from __future__ import annotations

from itertools import islice
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import get_frequency_dict

from nlp.frequency import zipf
from nlp.search_words import frequency_of_forms, function_words, search_stem

ROUNDED = 0.01
"""How much the table of common words may round up."""


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


def test_no_common_word_counts_as_rare_in_its_forms() -> None:
    words = [word for word in islice(get_frequency_dict("id", "small"), 3000) if word.isalpha()]
    assert [word for word in words if frequency_of_forms(word) < zipf(word) - ROUNDED] == []


@given(st.text(max_size=60))
def test_whatever_has_letters_or_digits_can_be_searched(word: str) -> None:
    assert search_stem(word).strip() or not any(map(str.isalnum, word))


@given(st.text(ascii_lowercase, min_size=1, max_size=60))
def test_who_shouts_is_found_by_who_does_not(word: str) -> None:
    assert search_stem(word) == search_stem(word.upper()) == search_stem(word.title())
