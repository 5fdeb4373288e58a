"""Points for each category from the signals of a text."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from nlp.components.signals import Signal
from nlp.lexicon import kind_of

PAIR_REACH = 12
"""A thing and its fault stand at most this many tokens apart, in one sentence: an address may stand between."""
LANDMARK_DISTANCE = 6
"""A building named after "depan" or "dekat" says where, not what: as if it stood this much further away."""
ACT_REACH = 14
"""An official and what he is said to do may stand further apart."""
LONGEST_PHRASE = 6
"""Phrases of the lexicons have no more tokens than this."""
MOST_SPANS = 6

_MONEY_ACTS = frozenset({"pungli", "pemerasan", "suap_gratifikasi"})
_BUILDINGS = frozenset({"fasilitas_umum", "sekolah_rusak", "fasilitas_kesehatan", "transportasi_umum"})
_TROUBLE = ("SAYS", "FAULT", "ACT", "HELP")
_TAKING_PART_REACH = 4
_NAMING, _PLAINLY = 1.0, 2.5
"""So many points name a category, and name it plainly."""
_FEW = 8
"""Among so few it is quicker to look at all than to look up those nearby."""


class Points(NamedTuple):
    """A category's points and the spans (characters) they come from."""

    category: str
    value: float
    spans: tuple[tuple[int, int], ...]

    @property
    def only_hint(self) -> bool:
        """Tell whether words merely hint at the category, and do not name it."""
        return self.value < _NAMING

    @property
    def plain(self) -> bool:
        """Tell whether words plainly name the category."""
        return self.value >= _PLAINLY


class _Tally:
    """Collects one category's points."""

    def __init__(self) -> None:
        self.value = 0.0
        self.spans: list[tuple[int, int]] = []

    def add(self, value: float, *signals: Signal) -> None:
        self.value += value
        self.spans += [(each.start, each.end) for each in signals]


def count_points(signals: Sequence[Signal], *, stops: Sequence[int], sums: int) -> tuple[Points, ...]:
    """Return the categories with points, best first; `stops` are the tokens that end sentences."""
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    by_label: dict[str, list[Signal]] = defaultdict(list)
    for each in signals:
        by_label[each.label].append(each)
    if by_label["PRAISE"] and not any(by_label[label] for label in _TROUBLE):
        return ()
    _count_names(tallies, _longest(by_label["SAYS"]))
    _count_topics(tallies, by_label["TOPIC"])
    landmarks = {each.last for each in by_label["BESIDE"]}
    _count_pairs(tallies, by_label["THING"], by_label["FAULT"], stops, landmarks)
    _count_acts(tallies, by_label, sums)
    _move_private_money(tallies, by_label)
    return _ranked(tallies)


def _longest(signals: Sequence[Signal]) -> list[Signal]:
    """Drop what lies inside a longer phrase: "banjir" within "langganan banjir"."""
    kept: list[Signal] = []
    for each in sorted(signals, key=lambda signal: (signal.first, -signal.last)):
        if kept and each.last <= kept[-1].last and each.category == kept[-1].category:
            continue
        kept.append(each)
    return kept


def _count_names(tallies: dict[str, _Tally], names: Iterable[Signal]) -> None:
    for each in names:
        tally = tallies[each.category]
        first = not tally.spans
        tally.add((3.0 if first else 0.6) + (0.5 if each.last - each.first > 1 else 0.0), each)


def _count_topics(tallies: dict[str, _Tally], topics: Iterable[Signal]) -> None:
    """Count once what a text is about; more mentions add little."""
    seen: set[str] = set()
    for each in topics:
        if each.category in seen:
            tallies[each.category].value += 0.1
        else:
            seen.add(each.category)
            tallies[each.category].add(1.1, each)


def _count_pairs(
    tallies: dict[str, _Tally],
    things: Sequence[Signal],
    faults: Sequence[Signal],
    stops: Sequence[int],
    landmarks: Collection[int],
) -> None:
    """Count the closest thing and fault of each category, and a little for what stands alone.

    `landmarks` are the tokens before which "depan" or "dekat" stands.
    """
    nearest: dict[str, tuple[int, Signal, Signal]] = {}
    faults_of: dict[str, list[Signal]] = defaultdict(list)
    for fault in faults:
        faults_of[fault.category].append(fault)
    thing_categories = {each.category for each in things}
    lines = {category: _Line(found) for category, found in faults_of.items() if len(found) > _FEW}
    for thing in things:
        line, faults_here = lines.get(thing.category), faults_of.get(thing.category, ())
        for fault in line.near(thing, PAIR_REACH + LONGEST_PHRASE) if line else faults_here:
            distance = _distance(thing, fault)
            if not 0 <= distance <= PAIR_REACH or _apart(thing, fault, stops):
                continue
            if thing.first in landmarks and thing.category in _BUILDINGS:
                distance += LANDMARK_DISTANCE
            if thing.category not in nearest or distance < nearest[thing.category][0]:
                nearest[thing.category] = (distance, thing, fault)
    for category, (distance, thing, fault) in nearest.items():
        tallies[category].add(2.6 - 0.13 * distance + 0.2 * (fault.last - fault.first - 1), thing, fault)
    for category in thing_categories:
        tallies[category].value += 0.3
    for category in {each.category for each in faults}:
        # A fault far from its thing is often told in the next sentence.
        tallies[category].value += 0.6 if category in thing_categories and category not in nearest else 0.15


class _Line:
    """Signals in the order of the text, to be looked up by where they stand: keeps long texts linear."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._signals = sorted(signals, key=lambda each: each.first)
        self._starts = [each.first for each in self._signals]

    def near(self, center: Signal, reach: int) -> Sequence[Signal]:
        """Return the signals that start at most `reach` tokens before or after a signal."""
        low = bisect_right(self._starts, center.first - reach - 1)
        return self._signals[low : bisect_right(self._starts, center.last + reach)]


def _distance(left: Signal, right: Signal) -> int:
    """Return the tokens between two signals, negative where they overlap."""
    if left.first > right.first:
        left, right = right, left
    return right.first - left.last


def _apart(left: Signal, right: Signal, stops: Sequence[int]) -> bool:
    low, high = min(left.last, right.last), max(left.first, right.first)
    return bisect_right(stops, high) > bisect_right(stops, low - 1)


def _count_acts(tallies: dict[str, _Tally], by_label: dict[str, list[Signal]], sums: int) -> None:
    """Count acts of misconduct: they need somebody in office, and gain by what usually goes with them."""
    if not by_label["ACT"]:
        return
    officials = _Line(by_label["ACTOR"] + by_label["OFFICE"])
    helps: dict[str, list[Signal]] = defaultdict(list)
    for each in by_label["HELP"]:
        helps[each.category].append(each)
    acts: dict[str, list[Signal]] = defaultdict(list)
    for each in by_label["ACT"]:
        acts[each.category].append(each)
    for category, found in acts.items():
        pair = next(((act, one) for act in found for one in officials.near(act, ACT_REACH)), None)
        helping = helps[category][:2]
        tally = tallies[category]
        if pair is not None:
            tally.add(0.9 if pair[1].label == "ACTOR" else 0.6, *pair)
            tally.add(0.9 * len(helping), *helping)
            if sums and category in _MONEY_ACTS:
                tally.value += 0.9
        elif helping:
            tally.add(0.5 * len(helping), found[0], *helping)
        if len(found) > 1:
            tally.value += 0.3


def _move_private_money(tallies: dict[str, _Tally], by_label: dict[str, list[Signal]]) -> None:
    """Private persons who take money disturb public order; it is misconduct only where an official takes part."""
    if not by_label["PRIVATE"]:
        return
    if by_label["COLLUSION"]:
        disorder = max(tallies[category].value for category in ("parkir_liar", "ketertiban"))
        tallies["pungli"].add(disorder + 0.5, *by_label["COLLUSION"])
        return
    if _official_takes_part(by_label):
        return
    parking = any(each.category == "parkir_liar" for each in by_label["THING"] + by_label["SAYS"])
    target = tallies["parkir_liar" if parking else "ketertiban"]
    for category in sorted(_MONEY_ACTS & tallies.keys()):
        tally = tallies.pop(category)
        target.value = max(target.value, tally.value) + 0.5
        target.spans += tally.spans


def _official_takes_part(by_label: dict[str, list[Signal]]) -> bool:
    """Tell whether some money act stands by an official, and no private person closer; "petugas parkir" is private."""
    takers = _Line(by_label["PRIVATE"])
    officials = _Line(
        each
        for each in by_label["ACTOR"]
        if not any(0 <= other.first - each.last <= 1 for other in takers.near(each, 1))
    )
    for act in by_label["ACT"] + by_label["SAYS"]:
        if act.category not in _MONEY_ACTS:
            continue
        nearest = min((abs(_distance(act, each)) for each in officials.near(act, ACT_REACH)), default=ACT_REACH)
        rival = min((abs(_distance(act, each)) for each in takers.near(act, ACT_REACH)), default=ACT_REACH)
        if nearest <= _TAKING_PART_REACH and nearest < rival:
            return True
    return False


def _ranked(tallies: dict[str, _Tally]) -> tuple[Points, ...]:
    ranked = sorted([(-tally.value, kind_of(category), category) for category, tally in tallies.items()])
    return tuple(
        [
            Points(category, round(-value, 4), tuple(sorted(set(tallies[category].spans))[:MOST_SPANS]))
            for value, _, category in ranked
            if value < 0
        ]
    )
