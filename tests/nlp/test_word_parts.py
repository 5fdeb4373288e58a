"""Parts of words hashed together are those of each word alone, and texts read together those of each text alone."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.category_features import read_form, read_forms
from nlp.category_model import category_model, read_model, write_model
from nlp.lines import Context, analyze_chunk
from nlp.word_parts import hash_many, hash_parts

WORDS = ["jalan", "jalan", "berlubang", "subah", "x", "", "lubang-lubang", "énak", "a" * 40, "parah!", "kecamatan"]
CONTEXT = Context(region="33.25", lane="addressed", now=datetime(2026, 11, 2, tzinfo=UTC))


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text("abcdefgh-éß", max_size=34), max_size=40))
def test_parts_hashed_together_are_those_of_each_form_alone(forms: list[str]) -> None:
    assert hash_many(forms) == [hash_parts(form) for form in forms]


def test_tokens_read_together_are_those_read_alone() -> None:
    tokens = ["Jalan", "rsak", "2025", "5", "ngelaporin", "gaada", "parah-parah"]
    assert read_forms(tokens) == [read_form(token) for token in tokens]


def test_words_met_together_score_as_those_met_one_by_one() -> None:
    texts = [["Jalan", "rusak", "di", "Subah", "!"], ["jalan", "Rusak", "mohon", "perbaikan"], ["x"] * 400 + ["banjir"]]
    together, alone = (read_model(write_model(category_model(), comments=())) for _ in range(2))
    together.meet(texts)
    for words in texts:
        got, wanted = (model.scores(words, {}).tolist() for model in (together, alone))
        assert got == wanted


def test_a_batch_gives_the_lines_of_each_post_alone() -> None:
    texts = [
        "Jalan raya Subah ambrol sejak kemaren",
        "lampu jln mati",
        "",
        "Pak Budi minta 50rb di kelurahan",
        "BANJIR!!",
    ]
    lines = [b'{"id": "x:%d", "text": "%b"}' % (number, text.encode()) for number, text in enumerate(texts * 3)]
    alone = b"".join(analyze_chunk([line], CONTEXT)[0] for line in lines)
    assert analyze_chunk(lines, CONTEXT)[0] == alone


def test_what_was_read_before_does_not_show_in_the_scores() -> None:
    text = write_model(category_model(), comments=())
    fresh, used = read_model(text), read_model(text)
    words = [
        "lapor",
        "pak",
        "jalan",
        "raya",
        "depan",
        "pasar",
        "rusak",
        "parah",
        "berlubang",
        "besar",
        "banyak",
        "motor",
        "jatuh",
        "tolong",
        "segera",
        "diperbaiki",
    ]
    used.meet([words[::-1]])
    before, after = (model.scores(words, {}) for model in (fresh, used))
    assert before.tolist() == after.tolist()
