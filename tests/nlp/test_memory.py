"""What is remembered of words and texts, and how many texts are read together."""

from __future__ import annotations

from nlp.memory import forget_texts, in_batches, kept


def test_long_texts_are_read_in_smaller_batches_and_none_is_lost() -> None:
    texts = ["a"] * 7 + ["b" * 50] * 3 + ["c" * 500] + ["d"]
    batches = list(in_batches(texts, most=4, characters=100, length=len))

    assert [text for batch in batches for text in batch] == texts
    assert list(map(len, batches)) == [4, 4, 2, 1, 1]
    assert not list(in_batches([], most=4, characters=100, length=len))


def test_what_steps_share_of_a_text_is_worked_out_once_until_it_is_forgotten() -> None:
    asked: list[str] = []

    @kept
    def shout(text: str) -> str:
        asked.append(text)
        return text.upper()

    assert [shout("banjir"), shout("banjir")] == ["BANJIR", "BANJIR"]
    forget_texts()
    assert shout("banjir") == "BANJIR"
    assert asked == ["banjir", "banjir"]
