"""An accusation is likely by the model's share and by what the lexicons find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.components.accusation import accuse, lean
from nlp.components.classification import choose

SHARES = (("pelayanan_lambat", 0.55), ("calo", 0.25), ("pungli", 0.2))


def test_a_named_act_of_an_official_decides_where_the_model_wavers() -> None:
    assert choose(SHARES, 0.1).kind == "service"
    assert choose(SHARES, 0.1, leaning=lean({"l:calo": 0.6, "c:ACTOR": 1.0})).kind == "misconduct"


def test_another_trouble_told_more_plainly_speaks_against_an_accusation() -> None:
    assert lean({"l:pungli": 0.2, "l:sampah": 0.9}) < lean({"l:pungli": 0.2}) < lean({"l:pungli": 0.2, "c:ACTOR": 1.0})


@given(st.floats(0, 1), st.floats(-5, 5), st.floats(0, 5))
def test_more_evidence_never_makes_an_accusation_less_likely(share: float, leaning: float, more: float) -> None:
    assert 0 < accuse(share, leaning) <= accuse(share, leaning + more) < 1


@given(st.floats(0, 1))
def test_without_evidence_the_model_s_share_stands(share: float) -> None:
    assert abs(accuse(share, 0.0) - share) < 1e-5
