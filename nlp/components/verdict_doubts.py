"""What the weights do not settle: a text that speaks against a witness in so many words.

Every rule was looked up in labelled chatter first: hardly any of what it turns away there was a report.
"""

from __future__ import annotations

from collections import Counter

from nlp.findings import Findings

_TROUBLE = frozenset({"SAYS", "FAULT", "ACT", "LACK"})
_WITNESS = frozenset({"FIRST", "DURATION", "REPEATED", "HELP", "HARM", "REQUEST"})
_OFFICES = frozenset({"OFFICE", "CREW"})
DOUBTS = frozenset(
    {"NEWS", "OFFICIAL", "POLITICS", "FIGURATIVE", "HYPO", "NEGATED", "ADVERT", "ELSEWHERE", "ABROAD", "FIXED"}
)
"""What is said that speaks against a witness."""
_AGAINST = DOUBTS - {"ABROAD"} | {"PAST", "PRAISE", "QUESTION", "APPLICATION"}
_WRONG = _TROUBLE | {"DURATION", "REPEATED", "HARM", "NEG", "YET", "IRONY", "DANGER", "USUAL"}
_ASKS_OR_THANKS = frozenset({"QUESTION", "APPLICATION", "PRAISE"})
_PLAINLY_NAMED = -2.0
"""Log odds of no category from which on down a text plainly means one."""
_HEARD = frozenset({"ACTOR", "REQUEST"})
"""Who names somebody in office or asks for something may mean trouble that the lexicons do not know."""
_OFFICE_SPEAKS, _OFFICE_SPEAKS_ALONE = 3, 2
"""So many phrases of publicity are no citizen's any more, whatever is broken in them; fewer where no witness speaks."""


def is_witnessed(found: Findings) -> bool:
    """Tell whether somebody tells of trouble of their own, or asks for something to be done.

    Right behind an office "perbaiki" asks for nothing: "Pemkot perbaiki 20 titik".
    """
    ends = {each.last for each in found.signals if each.label in _OFFICES}
    witnesses = (each for each in found.signals if each.label in _WITNESS)
    return any(each.label != "REQUEST" or each.first not in ends for each in witnesses)


def weigh_doubts(verdict: bool | None, found: Findings, *, chatter: bool) -> bool | None:  # noqa: FBT001 - its subject
    """Return the verdict after what is said against a report; what happens abroad is none, in letters neither.

    Who writes to the office itself means something by it, however it is worded.
    """
    labels = Counter(each.label for each in found.signals)
    if labels["ABROAD"] and not any(each.code for each in found.location.places):
        return None if verdict and labels["FIRST"] else False
    if not chatter or found.lane == "addressed":
        return _doubt_letter(labels, found) if verdict else verdict
    if _is_none(labels) or (
        found.language.code == "id" and _is_untroubled(labels) and labels.keys().isdisjoint(_HEARD)
    ):
        return False
    if labels["HYPO"] and _WITNESS.isdisjoint(labels):
        return None if verdict else False
    return verdict


def _doubt_letter(labels: Counter[str], found: Findings) -> bool | None:
    """Return the verdict on a letter that the weights call a report.

    Who asks or gives thanks and says nothing of what is wrong may mean none: a person decides. Of 21 such complaints
    that were called reports five were some; of 16 that apply for what plainly names a category 13, and those stay. Who
    only gives thanks reports nothing.
    """
    if found.lane == "overheard" and _is_anothers(labels):
        return None
    wrong = not _WRONG.isdisjoint(labels)
    applies = found.nothing <= _PLAINLY_NAMED and not labels["QUESTION"]
    if wrong or applies or _ASKS_OR_THANKS.isdisjoint(labels):
        return True
    return None if labels["REQUEST"] or not labels["PRAISE"] else False


def _is_anothers(labels: Counter[str]) -> bool:
    """Whether something is advertised, or told in an office's words, and no witness speaks.

    A person decides on such letters: of 2,197 complaints that are reports three are like that.
    """
    told = labels["ADVERT"] or labels["OFFICIAL"] >= _OFFICE_SPEAKS_ALONE
    return bool(told) and _WITNESS.isdisjoint(labels)


def _is_none(labels: Counter[str]) -> bool:
    """Whether an office speaks, or nobody tells of trouble of their own and something is said against it."""
    witnessed = not _WITNESS.isdisjoint(labels)
    if labels["OFFICIAL"] >= (_OFFICE_SPEAKS if witnessed else _OFFICE_SPEAKS_ALONE):
        return True
    return not witnessed and (_is_untroubled(labels) or labels["NEGATED"] > 0)


def _is_untroubled(labels: Counter[str]) -> bool:
    """Whether nothing is said to be wrong, and something against it; of Indonesian the lexicons know enough to tell."""
    return _TROUBLE.isdisjoint(labels) and not _AGAINST.isdisjoint(labels)
