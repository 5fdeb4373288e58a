"""Texts that name trouble but tell of none of their own: notices, questions in general, shops, hearsay, repairs.

A person decides about them, whatever the weights make of the trouble they name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from nlp.components.signals import IN_OFFICE, Signal
from nlp.findings import Findings

_OWN = frozenset({"FIRST", "DURATION", "REPEATED", "HARM", "REQUEST"})
"""What shows that somebody tells of trouble of their own, or of trouble that goes on."""
_GOES_ON = frozenset({"DURATION", "REPEATED", "HARM", "NEG", "YET"})
_NOT_DONE = frozenset({"DURATION", "HARM", "NEG", "QUESTION", "HYPO", "IF"})
_WRONG = frozenset({"SAYS", "FAULT"})
_SERVICE = frozenset({"pelayanan_buruk", "pelayanan_lambat"})
_WHO_SERVES = IN_OFFICE | {"CREW", "PLACE"}
_CREW_REACH, _TOLD_REACH = 6, 5
"""So many words before what is done stands who does it: DLH Kota Semarang mengangkut, teman saya di Solo cerita."""


def is_unwitnessed(found: Findings) -> bool:
    """Tell whether a text is one of those."""
    signals = found.signals
    labels = {each.label for each in signals}
    return (
        _is_notice(signals, labels)
        or _asks_in_general(found, labels)
        or _is_of_a_shop(found, labels)
        or _is_hearsay(found, labels)
        or _is_put_right(signals, labels)
    )


def is_of_nobody(found: Findings) -> bool:
    """Tell slow or bad service of which nothing says who or what place serves: "dari tadi susah sekali".

    Whoever writes a letter means the office; in chatter it may be a firm, an app or a jam as well.
    """
    if found.classification.category not in _SERVICE or found.location.places:
        return False
    return _WHO_SERVES.isdisjoint(each.label for each in found.signals)


def _is_notice(signals: Sequence[Signal], labels: Collection[str]) -> bool:
    """Tell what an office says of its own works; a resident says that they fail, or what they did to them."""
    works = "QUESTION" not in labels and _follows(signals, "WORKS", {"CREW"}, within=_CREW_REACH)
    if not (works or "NOTICE" in labels) or not _GOES_ON.isdisjoint(labels):
        return False
    return _OWN.isdisjoint(_uncovered(signals, by={"WHEN", "NOTICE"}))


def _asks_in_general(found: Findings, labels: Collection[str]) -> bool:
    """Tell the question where one would report such a thing, if there were any."""
    supposed = {"IF", "WHITHER"}.issubset(labels) and not found.location.places
    if not (supposed or "ASIDE" in labels):
        return False
    return {"FIRST", "DURATION", "REPEATED", "YET", "USUAL"}.isdisjoint(labels)


def _is_of_a_shop(found: Findings, labels: Collection[str]) -> bool:
    """Tell slow or rude service of a shop, a courier and the like: no office's matter."""
    points = found.points
    hints = points if points and points[0].only_hint else points[:1]
    served = any(each.category in _SERVICE for each in hints)
    return served and "SHOP" in labels and IN_OFFICE.isdisjoint(labels)


def _is_hearsay(found: Findings, labels: Collection[str]) -> bool:
    """Tell what others are said to have told, by nobody who saw it too: "depan rumahnya" is another's house."""
    signals = found.signals
    told = "HEARSAY" in labels or _follows(signals, "TOLD", {"KIN"}, within=_TOLD_REACH)
    if not told or "YET" in _uncovered(signals, by={"FAULT"}):
        return False
    own = [each for each in signals if each.label != "FIRST" or not found.text[each.start : each.end].endswith("nya")]
    return {"FIRST", "DURATION", "REPEATED", "REQUEST"}.isdisjoint(_uncovered(own, by={"KIN", "HEARSAY"}))


def _is_put_right(signals: Sequence[Signal], labels: Collection[str]) -> bool:
    """Tell what was repaired, if nothing is said to be wrong, and nothing is asked or supposed, besides."""
    repaired = [each for each in signals if each.label == "FIXED"]
    if not repaired or not _NOT_DONE.isdisjoint(labels) or "REQUEST" in _uncovered(signals, by={"FIXED"}):
        return False
    after = max(each.last for each in repaired)
    return not any(each.label in _WRONG | _GOES_ON and each.first >= after for each in signals)


def goes_wrong_again(signals: Sequence[Signal]) -> bool:
    """Tell whether something is wrong after the repair that is told of: "sudah diperbaiki tapi masih berlubang"."""
    repaired = [each.last for each in signals if each.label == "FIXED"]
    yet = [each.first for each in signals if each.label == "YET" and repaired and each.first >= max(repaired)]
    return any(each.label in _WRONG and yet and each.last > yet[0] for each in signals)


def _follows(signals: Iterable[Signal], label: str, before: Collection[str], *, within: int) -> bool:
    """Tell whether what has a label follows closely upon what has one of others."""
    ends = [each.last for each in signals if each.label in before]
    return any(0 <= each.first - end < within for each in signals if each.label == label for end in ends)


def _uncovered(signals: Sequence[Signal], *, by: Collection[str]) -> set[str]:
    """Return the labels of what is more than a part of a phrase of some others."""
    covers = [each for each in signals if each.label in by]
    return {each.label for each in signals if not any(at.first <= each.first and each.last <= at.last for at in covers)}
