"""Misspelt names are found wherever in the word the slip is, and only where one name alone is meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nlp.places.gazetteer import load_gazetteer
from nlp.places.spelling import find_misspelt
from nlp.places.tokens import split_words

SURABAYA = ("35.78",)


def slips(word: str) -> Iterator[str]:
    """Yield the word with a letter left out, added, changed, or swapped with the next, at each place."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + "w" + word[at:]
        yield word[:at] + "w" + word[at + 1 :]
        yield word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def found_in(word: str) -> list[str]:
    hits = find_misspelt(split_words(word), SURABAYA, known=())
    return [load_gazetteer().names[hit.name] for hit in hits]


@pytest.mark.parametrize("name", ["wonokromo", "jambangan", "tambaksari"])
def test_a_slip_anywhere_in_a_name_is_seen(name: str) -> None:
    assert {slip for slip in slips(name) if found_in(slip) != [name]} == set()


@pytest.mark.parametrize("word", ["wnookrmoo", "wonowrowo", "wonkrom", "onokrom"])
def test_two_slips_make_another_word(word: str) -> None:
    assert found_in(word) == []
