"""Why a hit stands where it stands, in the words of inspectors: which part gave how much."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from index.ranking import WEIGHTS, Part, Rank

_LABELS: Mapping[Part, str] = {
    "words": "Kata yang dicari",
    "together": "Kata-kata berdekatan",
    "opening": "Disebut di awal",
    "topic": "Kategori yang sama",
    "place": "Wilayah yang sama",
    "report": "Kemungkinan laporan langsung",
    "urgent": "Kemendesakan",
    "recent": "Kebaruan",
}
_SHOWN_WORDS = 8


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a rank: what it is, what it rests on, its points and the most it could give."""

    label: str
    detail: str
    points: float
    most: float


def explain_rank(rank: Rank) -> tuple[Reason, ...]:
    """Return the parts of a rank, the largest first; parts that gave nothing are left out."""
    reasons = [
        Reason(
            label=_LABELS[part.part],
            detail=_words(rank) if part.part == "words" else "",
            points=part.points,
            most=WEIGHTS[part.part],
        )
        for part in rank.parts
        if part.points >= 0.05
    ]
    return tuple(sorted(reasons, key=lambda reason: -reason.points))


def render_rank(rank: Rank) -> str:
    """Return a rank as one line: 42 poin = Kata yang dicari 30/60 (jalan, rusak) + Kebaruan 4/4."""
    parts = [
        f"{reason.label} {_number(reason.points)}/{reason.most:.0f}{f' ({reason.detail})' if reason.detail else ''}"
        for reason in explain_rank(rank)
    ]
    return f"{_number(rank.points)} poin = {' + '.join(parts)}" if parts else "0 poin"


def _words(rank: Rank) -> str:
    found = ", ".join(rank.found[:_SHOWN_WORDS])
    missing = ", ".join(rank.missing[:_SHOWN_WORDS])
    return f"{found}; tanpa {missing}" if missing else found


def _number(points: float) -> str:
    return f"{points:.1f}".replace(".", ",")
