"""How common words are: the table gives what the library gives."""

from __future__ import annotations

from itertools import islice

import pytest
from wordfreq import get_frequency_dict, zipf_frequency

from nlp.frequency import common_words, zipf


def test_the_table_is_the_librarys_own() -> None:
    assert common_words() == get_frequency_dict("id", "small")


def test_common_words_are_as_frequent_as_the_library_says() -> None:
    words = [*islice(get_frequency_dict("id", "small"), 3000)]
    assert [zipf(word) for word in words] == [zipf_frequency(word, "id") for word in words]


@pytest.mark.parametrize(
    "word", ["Jalan", "jalan-jalan", "café", "2024", "bantal guling", "wqxz", "", "‘jalan’", "أنا"]
)
def test_other_words_too(word: str) -> None:
    assert zipf(word) == zipf_frequency(word, "id")
