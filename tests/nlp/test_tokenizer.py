from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from nlp.reading import reading_of
from nlp.tokenizer import Tokenizer
from nlp.words import clean_text

TOKENIZE = Tokenizer(Vocab())


@given(st.text())
def test_a_doc_holds_every_character_at_its_place(text: str) -> None:
    doc = TOKENIZE(text)
    assert doc.text == clean_text(text)
    assert len(doc.text) == len(text)
    for token in doc:
        assert doc.text[token.idx : token.idx + len(token.text)] == token.text


def test_line_breaks_do_not_part_words_from_their_norm() -> None:
    doc = TOKENIZE("jalan\n\n rusak  parah ")
    assert [token.norm_ for token in doc] == ["jalan", "rusak", "parah"]


def test_unstorable_characters_are_replaced_one_for_one() -> None:
    assert clean_text("a\x00b\ud800c") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("unit", ["a", "jalan ", "-", "a-", "1.", "@", "\u200b", "#a", "https://", " \n"])
def test_a_megabyte_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    TOKENIZE(unit * (1_000_000 // len(unit)))
    assert time.process_time() - started < 10


def test_a_reading_runs_parallel_to_the_docs_tokens() -> None:
    doc = TOKENIZE("  Jl2 RUSAK\n\nparah, gk diperbaiki")
    reading = reading_of(doc)

    assert [reading.text[a:b] for a, b in zip(reading.starts, reading.ends, strict=True)] == list(reading.words)
    assert [doc[n + reading.first_token].text.strip() for n in range(len(reading))] == list(reading.words)
    assert reading.matches[1:4] == ["rusak", "parah", ","]
    assert len(reading.stems) == len(reading.lowers) == len(reading)
