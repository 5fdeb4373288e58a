"""Redaction: nothing masked survives, and evidence still points to its words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from nlp.redaction import redact
from sidak.models import Evidence, PersonalData


def test_evidence_moves_with_its_words() -> None:
    text = "Pak Tarmo minta pungli di Subah"
    redacted, (moved,) = redact(
        text, [PersonalData(type="NAME", start=4, end=9)], [Evidence(start=16, end=22, why="category")]
    )
    assert redacted == "Pak [NAMA] minta pungli di Subah"
    assert redacted[moved.start : moved.end] == "pungli"


def test_evidence_around_a_mask_becomes_two_pieces_and_masked_evidence_none() -> None:
    text = "hubungi 08123 segera"
    data = [PersonalData(type="PHONE", start=8, end=13)]
    redacted, moved = redact(text, data, [Evidence(start=0, end=20, why="a"), Evidence(start=9, end=12, why="b")])
    assert [redacted[each.start : each.end] for each in moved] == ["hubungi ", " segera"]


spans = st.tuples(st.integers(-5, 60), st.integers(-5, 60))


@given(st.text(st.characters(exclude_characters="[]"), max_size=50), st.lists(spans), st.lists(spans))
def test_no_masked_character_survives_and_evidence_keeps_its_words(
    text: str, masks: list[tuple[int, int]], evidence: list[tuple[int, int]]
) -> None:
    data = [PersonalData(type="NAME", start=start, end=end) for start, end in masks if start >= 0]
    wanted = [Evidence(start=start, end=end, why=str(at)) for at, (start, end) in enumerate(evidence) if start >= 0]
    redacted, moved = redact(text, data, wanted)
    hidden = {at for span in data for at in range(span.start, span.end)}
    assert re.sub(r"\[NAMA\]", "", redacted) == "".join(char for at, char in enumerate(text) if at not in hidden)
    for each in moved:
        assert 0 <= each.start < each.end <= len(redacted)
        origin = evidence[int(each.why)]
        assert redacted[each.start : each.end] in text[origin[0] : origin[1]]
        assert "[" not in redacted[each.start : each.end]
