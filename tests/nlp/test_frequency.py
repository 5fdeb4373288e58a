"""How common words are: the table gives what the library gives."""

from __future__ import annotations

import pytest
from wordfreq import zipf_frequency

from nlp.frequency import zipf
from nlp.normalize import common_words


def test_common_words_are_as_frequent_as_the_library_says() -> None:
    words = common_words(3000)
    assert [zipf(word) for word in words] == [zipf_frequency(word, "id") for word in words]


@pytest.mark.parametrize(
    "word", ["Jalan", "jalan-jalan", "café", "2024", "bantal guling", "wqxz", "", "‘jalan’", "أنا"]
)
def test_other_words_too(word: str) -> None:
    assert zipf(word) == zipf_frequency(word, "id")
