from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from nlp.glance import glance
from nlp.places.tokens import split_words
from nlp.reading import reading_of
from nlp.tokenizer import Tokenizer
from nlp.words import clean_text, iter_words

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


HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_hides_in_a_word_is_not_read_and_offsets_are_those_of_the_text(hidden: str) -> None:
    text = f"jalan ru{hidden}sak di {hidden}Su{hidden}bah{hidden}, RT 1{hidden}2"
    reading = reading_of(TOKENIZE(text))
    assert reading.words == ["jalan", "rusak", "di", "Subah", ",", "RT", "12"]
    written = [text[a:b].replace(hidden, "") for a, b in zip(reading.starts, reading.ends, strict=True)]
    assert written == reading.words
    assert [word for word, _, _ in iter_words(text)] == reading.words
    assert [(start, end) for _, start, end in iter_words(text)] == [*zip(reading.starts, reading.ends, strict=True)]
    tokens = split_words(text)
    assert tokens.keys == ["jalan", "rusak", "di", "subah", "rt", "12"]
    assert glance(text).tokens == glance(text.replace(hidden, "")).tokens


def test_what_joins_an_emoji_stays() -> None:
    family = "👨\u200d👩\u200d👧"
    assert "".join(reading_of(TOKENIZE(f"halo {family} ya")).words) == f"halo{family}ya"


def test_unstorable_characters_are_replaced_one_for_one() -> None:
    assert clean_text("a\x00b\ud800c") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("unit", ["a", "jalan ", "-", "a-", "1.", "@", "\u200b", "a\u200b", "#a", "https://", " \n"])
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
