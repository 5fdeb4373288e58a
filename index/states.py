"""The triage states of a report: which follow which, what they are called, and what colour people know them by.

The states and their order are the field's own; everything about them stands in the tables below and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from sidak.models import TriageState

Colour = Literal["red", "yellow", "green"]

FIRST: TriageState = "diterima"
"""Where every report starts, before anybody has decided anything."""

STATES: tuple[TriageState, ...] = get_args(TriageState)

LABELS: Mapping[TriageState, str] = MappingProxyType(
    {
        "diterima": "Diterima",
        "verifikasi": "Verifikasi",
        "telaah": "Telaah",
        "disposisi": "Disposisi",
        "koordinasi": "Koordinasi",
        "tindak_lanjut": "Tindak lanjut",
        "selesai": "Selesai",
        "tunda": "Ditunda",
        "dikembalikan": "Dikembalikan",
        "bukan_wewenang": "Bukan wewenang",
        "duplikat": "Duplikat",
        "tidak_layak": "Tidak layak",
        "spam": "Spam",
        "arsip": "Arsip",
        "dibuka_kembali": "Dibuka kembali",
        "berulang": "Berulang",
    }
)

NOT_HANDLED: frozenset[TriageState] = frozenset({"diterima", "dibuka_kembali", "berulang"})
IN_PROCESS: frozenset[TriageState] = frozenset(
    {"verifikasi", "telaah", "disposisi", "koordinasi", "tindak_lanjut", "tunda", "dikembalikan"}
)
# The others are closed.

_SET_ASIDE: tuple[TriageState, ...] = ("tunda", "bukan_wewenang", "duplikat", "tidak_layak", "spam", "arsip")
_UNDER_WAY: tuple[TriageState, ...] = ("verifikasi", "telaah", "disposisi", "koordinasi", "tindak_lanjut")
_DISPATCHED_EXITS: tuple[TriageState, ...] = ("dikembalikan", "tunda", "bukan_wewenang", "duplikat", "tidak_layak")

# Once a report has gone to an office it is no longer spam, and only an answer can settle it: `selesai` is reached from
# `tindak_lanjut` alone. A report that was closed comes back only by name, so that reopening is always seen and counted.
TRANSITIONS: Mapping[TriageState, tuple[TriageState, ...]] = MappingProxyType(
    {
        "diterima": ("verifikasi", "telaah", *_SET_ASIDE),
        "verifikasi": ("telaah", "disposisi", "dikembalikan", *_SET_ASIDE),
        "telaah": ("disposisi", "koordinasi", "tindak_lanjut", "dikembalikan", *_SET_ASIDE),
        "disposisi": ("koordinasi", "tindak_lanjut", *_DISPATCHED_EXITS),
        "koordinasi": ("tindak_lanjut", "disposisi", *_DISPATCHED_EXITS),
        "tindak_lanjut": ("selesai", "koordinasi", "disposisi", *_DISPATCHED_EXITS),
        "selesai": ("dibuka_kembali", "berulang", "arsip"),
        "tunda": (*_UNDER_WAY, "bukan_wewenang", "duplikat", "tidak_layak", "spam", "arsip"),
        "dikembalikan": ("verifikasi", "telaah", "disposisi", *_SET_ASIDE),
        "bukan_wewenang": ("dibuka_kembali", "arsip"),
        "duplikat": ("dibuka_kembali", "arsip"),
        "tidak_layak": ("dibuka_kembali", "arsip"),
        "spam": ("dibuka_kembali", "arsip"),
        "arsip": ("dibuka_kembali", "berulang"),
        "dibuka_kembali": (*_UNDER_WAY, *_SET_ASIDE),
        "berulang": (*_UNDER_WAY, *_SET_ASIDE),
    }
)


def allowed_transitions(state: TriageState) -> tuple[TriageState, ...]:
    """Return the states that a person may choose next, the usual one first."""
    return TRANSITIONS[state]


def state_label(state: TriageState) -> str:
    """Return the state's name as inspectors read it."""
    return LABELS[state]


def state_colour(state: TriageState) -> Colour:
    """Return red for not handled, yellow for in process, green for done."""
    if state in NOT_HANDLED:
        return "red"
    return "yellow" if state in IN_PROCESS else "green"
