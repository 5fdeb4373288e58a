"""What is held out is held out whole: copies of a text, and spans of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.teaching.folds import FOLDS, spans

DATED = st.lists(st.tuples(st.integers(1, 28), st.sampled_from("abcdefghijklmnopqrstuvwxyz")), min_size=FOLDS)


@given(DATED)
def test_each_text_is_held_out_once_with_all_its_copies(texts: list[tuple[int, str]]) -> None:
    groups = [group for _, group in texts]
    parts = spans([f"2025-05-{day:02d}" for day, _ in texts], groups)
    assert sorted(n for _, held in parts for n in held.tolist()) == list(range(len(texts)))
    for seen, held in parts:
        assert {groups[n] for n in seen.tolist()}.isdisjoint(groups[n] for n in held.tolist())


def test_spans_follow_one_another_and_hold_as_many_texts_each() -> None:
    days = [f"2025-05-{day:02d}" for day in range(10, 0, -1)]
    parts = spans(days, [f"text {day}" for day in days])
    assert [[days[n] for n in sorted(held.tolist(), reverse=True)] for _, held in parts] == [
        [f"2025-05-{day:02d}" for day in (first, first + 1)] for first in (1, 3, 5, 7, 9)
    ]
