"""The verdict on a probability: a report, none, or a person decides; and what the weights cannot know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from nlp.components.category_points import Points
from nlp.components.signals import IN_OFFICE, WITNESSED, Signal
from nlp.components.unwitnessed import goes_wrong_again, is_of_nobody, is_unwitnessed
from nlp.components.verdict_doubts import DOUBTS, is_witnessed, weigh_doubts
from nlp.findings import Findings
from nlp.lexicon import kind_of
from nlp.model import threshold
from nlp.style import LETTERLIKE
from sidak.models import Lane

_PLAIN_LETTER = 0.8
"""From here on a text is plainly a letter."""
_SOMEWHAT_A_LETTER = 0.1
"""From here on it is no mere chatter: of the streams' texts fewer than one in a hundred are that much of a letter."""
_SUSPICION_POINTS = 2.0
_FEW_WORDS = 4
"""So few that, naming neither trouble nor place, they are greetings and the like."""
_SETTLED = frozenset({"FIXED", "PRAISE"})
_STILL = frozenset({"REQUEST", "REPEATED", "DURATION", "HELP", "IRONY"})
"""Who asks, waits or complains again is not settled, whatever thanks come with it."""
_READ_BY_PEOPLE = frozenset({"QUESTION", "ABROAD"})
"""What a person always reads: of letters that ask a question, however sure the looks are, a fifth report nothing."""
_AGREES, _CONTRADICTS = 0.0, -8.0
"""The encoder's log odds above which it takes a letter for a report too, and below which it surely does not: then one
overheard letter in eight is a report, and it knows publicity by more than single words."""


def decide(
    found: Findings,
    probability: float,
    *,
    letter: float,
    headline: bool = False,
    second: float | None = None,
    ask: Callable[[], float] | None = None,
) -> bool | None:
    """Return whether a text that is that likely a report, and that much of a letter, is one; None: a person decides.

    `second` are the encoder's log odds, if it was asked; `ask` asks it where that would settle the matter.
    """
    verdict = _decide_by_words(found, probability, letter=letter, headline=headline)
    if letter < _SOMEWHAT_A_LETTER and found.lane != "addressed":
        return verdict
    if verdict is None and probability >= threshold("report_yes_sure"):
        return True if _agrees(found, second, ask=ask) else None
    doubted = second is not None and second < _CONTRADICTS and found.lane == "overheard"
    return None if verdict and doubted else verdict


def _agrees(found: Findings, second: float | None, *, ask: Callable[[], float] | None) -> bool:
    """Tell whether the encoder too takes for a report what all looks are sure of and words left to a person.

    Of another province's letters of which that is true 93 in 100 were reports, of a city's later ones 75.
    """
    if not _READ_BY_PEOPLE.isdisjoint(_labels(found.signals)):
        return False
    if second is None and ask is not None:
        second = ask()
    return second is not None and second > _AGREES


def _decide_by_words(found: Findings, probability: float, *, letter: float, headline: bool) -> bool | None:
    """Return the verdict of the thresholds, and of what is said for and against a report.

    What is overheard, cast like a headline and told by no witness a person decides: of 123 such tweets three were
    reports.
    """
    if _says_nothing(found, letter=letter):
        return False
    complaint = _complains(found, letter=letter)
    overheard = found.lane == "overheard"
    suspected = overheard and found.classification.kind == "misconduct"
    verdict = _compare(probability, lane=found.lane, complaint=complaint, suspected=suspected)
    if verdict is None and overheard and not (found.points or complaint or suspected):
        verdict = None if probability >= threshold("report_no_unnamed") else False
    chatter = overheard and letter < LETTERLIKE
    doubted = weigh_doubts(verdict, found, chatter=chatter)
    doubted = _reconsider(doubted, found, probability=probability, complaint=complaint)
    if doubted is False and _is_sure(found, probability):
        return None
    told = headline and overheard and not is_witnessed(found)
    return None if doubted and (told or is_unwitnessed(found) or (chatter and is_of_nobody(found))) else doubted


def _is_sure(found: Findings, probability: float) -> bool:
    """Tell whether the looks are too sure for single words to deny a report; what happens abroad is none anyway."""
    return probability >= threshold("report_doubted") and "ABROAD" not in _labels(found.signals)


def _says_nothing(found: Findings, *, letter: float) -> bool:
    """Tell greetings and other few words that name neither trouble nor place: nobody could act upon them.

    Among chatter a category is guessed from what few words are left; who writes a letter means something by them.
    """
    meant = found.classification.category and (found.lane == "addressed" or letter >= _PLAIN_LETTER)
    return not (found.points or found.location.places or meant) and len(found.text.split()) <= _FEW_WORDS


def _complains(found: Findings, *, letter: float) -> bool:
    """Tell whether a text that is a letter names a category of trouble, and speaks of neither thanks nor repair.

    What is sent to an office is one, however it is worded. Unless it is plainly a letter, nothing else may speak
    against a witness either.
    """
    if (letter < LETTERLIKE and found.lane != "addressed") or found.classification.category is None:
        return False
    against = _SETTLED if letter >= _PLAIN_LETTER else _SETTLED | DOUBTS
    return against.isdisjoint(each.label for each in found.signals)


def _compare(probability: float, *, lane: Lane, complaint: bool, suspected: bool) -> bool | None:
    """Return the verdict of the thresholds, None between them.

    A `complaint` is worded like a letter and names some trouble; misconduct is `suspected` in what is overheard.
    """
    addressed = lane == "addressed"
    yes = "report_yes_addressed" if addressed and complaint else "report_yes"
    no = "report_no_addressed" if addressed else "report_no_misconduct" if suspected else "report_no"
    if probability >= threshold(yes):
        return True
    return False if probability < threshold(no) else None


def _reconsider(
    verdict: bool | None,  # noqa: FBT001 - the verdict is this function's subject
    found: Findings,
    *,
    probability: float,
    complaint: bool,
) -> bool | None:
    """Correct what the weights cannot know: a report names some trouble; who names trouble and place is heard."""
    labels = _labels(found.signals)
    if verdict is not False and _is_settled(labels) and not goes_wrong_again(found.signals):
        verdict = _settle(verdict, labels, probability=probability)
    if verdict is True and not (found.points or complaint):
        # who asks or complains again means the thanks in advance
        return False if "PRAISE" in labels and labels.isdisjoint(_STILL) else None
    if verdict is True and not complaint and _only_hints(found) and _is_guessed(found, probability):
        return None
    located = bool(found.location.places)
    if verdict is False and (
        _suspects_misconduct(found.points, found.signals) or (located and _names_trouble(found.points, found.signals))
    ):
        return None
    return verdict


def _labels(signals: Sequence[Signal]) -> set[str]:
    """Return what is said; "diperbaiki" in "sudah diperbaiki" asks for nothing."""
    repaired = [each for each in signals if each.label == "FIXED"]
    return {
        each.label
        for each in signals
        if each.label != "REQUEST" or not any(at.first <= each.first and each.last <= at.last for at in repaired)
    }


def _settle(
    verdict: bool | None,  # noqa: FBT001 - as above
    labels: Collection[str],
    *,
    probability: float,
) -> bool | None:
    """Doubt a report that gives thanks or speaks of repair, unless all else is sure of it: thanks may be in advance."""
    if verdict is None or _SETTLED.issubset(labels):
        return False
    return True if probability >= threshold("report_yes_settled") else None


def _is_settled(labels: Iterable[str]) -> bool:
    """Tell whether a text gives thanks or says that the matter was put right, and asks for nothing."""
    said = set(labels)
    return not said.isdisjoint(_SETTLED) and said.isdisjoint(_STILL)


def _is_category_likely(found: Findings) -> bool:
    """Tell whether a category is named that is more than a guess."""
    named = found.classification
    return named.category is not None and named.probability >= threshold("category_hinted")


def _is_guessed(found: Findings, probability: float) -> bool:
    """Tell whether the looks are unsure of a report, or of what it is about."""
    return not _is_category_likely(found) or probability < threshold("report_yes_hinted")


def _only_hints(found: Findings) -> bool:
    """Tell whether an overheard text hardly names the trouble it is taken for.

    Misconduct is told without its name, but which it is must be likely then.
    """
    told = found.classification.kind == "misconduct" and _is_category_likely(found)
    return found.lane == "overheard" and not told and found.points[0].only_hint


def _names_trouble(points: Sequence[Points], signals: Iterable[Signal]) -> bool:
    """Tell whether a text plainly names some trouble, and nothing speaks against a witness."""
    return bool(points) and points[0].plain and DOUBTS.isdisjoint(each.label for each in signals)


def _suspects_misconduct(points: Sequence[Points], signals: Iterable[Signal]) -> bool:
    """Tell whether a text tells of misconduct by somebody in office, somewhere, and nothing speaks against a witness.

    Such posts are rare and grave, and nobody has labelled any to learn from: a person decides, never the model alone.
    """
    if not points or kind_of(points[0].category) != "misconduct" or points[0].value < _SUSPICION_POINTS:
        return False
    labels = {each.label for each in signals}
    # Taking sides in an election cannot be told without the words of politics.
    doubts = DOUBTS - {"POLITICS"} if points[0].category == "netralitas_asn" else DOUBTS
    return bool(labels & IN_OFFICE) and bool(labels & WITNESSED) and doubts.isdisjoint(labels)
