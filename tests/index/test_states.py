from itertools import pairwise
from typing import get_args

import pytest

from index.states import (
    FIRST,
    IN_PROCESS,
    LABELS,
    NOT_HANDLED,
    STATES,
    TRANSITIONS,
    allowed_transitions,
    state_colour,
    state_label,
)
from sidak.models import TriageState

CLOSED = {"selesai", "bukan_wewenang", "duplikat", "tidak_layak", "spam", "arsip"}


def test_every_state_has_a_name_a_colour_and_a_way_on():
    assert set(STATES) == set(get_args(TriageState)) == set(LABELS) == set(TRANSITIONS)
    assert not NOT_HANDLED & IN_PROCESS
    assert set(STATES) - NOT_HANDLED - IN_PROCESS == CLOSED
    for state in STATES:
        assert allowed_transitions(state), state
        assert len(set(allowed_transitions(state))) == len(allowed_transitions(state))
        assert state not in allowed_transitions(state)
        assert state_label(state)[0].isupper()


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        ("diterima", "red"),
        ("berulang", "red"),
        ("telaah", "yellow"),
        ("tunda", "yellow"),
        ("selesai", "green"),
        ("spam", "green"),
    ],
)
def test_colours_are_those_people_know(state, colour):
    assert state_colour(state) == colour


def test_the_main_road_leads_from_received_to_done():
    road = ["diterima", "verifikasi", "telaah", "disposisi", "koordinasi", "tindak_lanjut", "selesai"]
    assert all(after in allowed_transitions(before) for before, after in pairwise(road))


def test_every_state_is_reached_and_none_is_a_dead_end():
    for start in STATES:
        reached, todo = set(), [start]
        while todo:
            for state in allowed_transitions(todo.pop()):
                if state not in reached:
                    reached.add(state)
                    todo.append(state)
        assert reached >= set(STATES) - {FIRST}


def test_a_closed_report_comes_back_only_by_name():
    for state in CLOSED:
        assert set(allowed_transitions(state)) <= {"dibuka_kembali", "berulang", "arsip"}


def test_only_follow_up_can_end_in_done():
    assert [state for state in STATES if "selesai" in allowed_transitions(state)] == ["tindak_lanjut"]
