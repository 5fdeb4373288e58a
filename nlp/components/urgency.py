"""How soon somebody should look: a sum of stated reasons, each with its words in the text.

The points, words and texts stand in nlp/data/urgency/urgency.toml. How a writer feels adds nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from spacy.language import Language

from nlp.components.dates import local_day
from nlp.components.phrases import PhraseFinder, is_denied
from nlp.findings import Findings, Step
from nlp.normalize import match_form
from nlp.places.tokens import split_words
from sidak.models import Amount, Classification, Evidence, Moment, Span, Urgency, UrgencyPart

MODEL = "urgency-3"
MOST_SPANS = 3
_NOTHING = "none"
_HARM, _DANGER = "harm", "danger"
_LIKELY = 0.5
"""Below this probability of being a report at all, urgency shrinks with it: doubt must not head the list."""
_CUE_REACH = 3
_DAYS = {"D": 1, "W": 7, "M": 30, "Y": 365}


class _Reason(NamedTuple):
    points: float
    text: str


class _Rules(NamedTuple):
    reasons: dict[str, _Reason]
    finder: PhraseFinder
    near_misses: frozenset[str]
    between: frozenset[str]
    duration: dict[str, Any]
    cues: frozenset[str]
    after: frozenset[str]
    since: frozenset[str]


@cache
def _rules() -> _Rules:
    data = tomllib.loads(files("nlp").joinpath("data/urgency/urgency.toml").read_text(encoding="utf-8"))
    phrases = {each["id"]: each["phrases"] for each in data["reason"]} | {_NOTHING: data[_NOTHING]["phrases"]}
    duration = data["duration"]
    return _Rules(
        {each["id"]: _Reason(each["points"], each["text"]) for each in data["reason"]},
        PhraseFinder(phrases),
        frozenset(map(match_form, data["near_miss"]["words"])),
        frozenset(map(match_form, data["near_miss"]["between"])),
        duration,
        frozenset(duration["cues"]),
        frozenset(duration["after"]),
        frozenset(duration["since"]),
    )


def weigh_urgency(
    text: str,
    *,
    classification: Classification,
    report_probability: float,
    amounts: Sequence[Amount] = (),
    dates: Sequence[Moment] = (),
    written_at: datetime | None = None,
) -> Urgency:
    """Return score, reasons and evidence; no believed category halves it, doubt about the report lowers it."""
    parts = list(_word_parts(text))
    longest = _longest(text, dates, written_at)
    if longest is not None:
        parts = [part for part in parts if part.reason != _rules().reasons["lasting"].text] + [longest]
    if classification.kind == "misconduct" and amounts:
        money = _rules().reasons["money"]
        parts.append(_part(money.text, money.points, [Span(start=each.start, end=each.end) for each in amounts]))
    score = min(sum(part.points for part in parts), 1.0)
    reasons = [part.reason for part in parts]
    if classification.kind is None:
        score /= 2
    if report_probability < _LIKELY and reasons:
        score *= report_probability / _LIKELY
        reasons.append("diturunkan: diragukan sebagai laporan langsung")
    evidence = tuple(
        Evidence(start=span.start, end=span.end, why="urgency") for part in parts for span in part.spans
    )  # fmt: skip
    return Urgency(
        model=MODEL, score=round(score, 2), reasons=tuple(reasons), evidence=evidence, parts=tuple(parts)
    )  # fmt: skip


def _word_parts(text: str) -> Iterator[UrgencyPart]:
    """Yield the reasons that words speak for, in the order of the table."""
    spans: dict[str, list[Span]] = {}
    for found in _rules().finder.find(text):
        if found.label != _NOTHING and not is_denied(text, found.first):
            label = _DANGER if found.label == _HARM and _is_near_miss(text, found.first) else found.label
            spans.setdefault(label, []).append(Span(start=found.start, end=found.end))
    for label, reason in _rules().reasons.items():
        if label in spans:
            yield _part(reason.text, reason.points, spans[label])


def _is_near_miss(text: str, first: int) -> bool:
    """Whether words before word `first` say that it all but happened: "hampir tabrakan", "nyaris saja jatuh"."""
    tokens, rules, at = split_words(text), _rules(), first - 1
    if tokens.tied(at) and match_form(tokens.key(at)) in rules.between:
        at -= 1
    return tokens.tied(at) and match_form(tokens.key(at)) in rules.near_misses


def _part(reason: str, points: float, spans: Sequence[Span]) -> UrgencyPart:
    return UrgencyPart(reason=reason, points=points, spans=tuple(spans[:MOST_SPANS]))


def _longest(text: str, dates: Sequence[Moment], written_at: datetime | None) -> UrgencyPart | None:
    """Return the part of the longest time that the trouble is said to have lasted, where it counts at all."""
    if not dates:
        return None
    lasted = [(days, each) for each in dates if (days := _days(text, each, written_at)) is not None]
    if not lasted:
        return None
    days, moment = max(lasted, key=lambda pair: pair[0])
    steps = [step["points"] for step in _rules().duration["steps"] if days >= step["days"]]
    if not steps:
        return None
    said = moment.text if moment.kind == "duration" else f"sejak {moment.text}"
    return _part(_rules().duration["text"].format(span=said), max(steps), [Span(start=moment.start, end=moment.end)])


def _days(text: str, moment: Moment, written_at: datetime | None) -> int | None:
    """Return how many days a span of time or a date with "sejak" says it has lasted; None where it says none."""
    tokens = split_words(text)
    first = tokens.starts.index(moment.start)
    before = {match_form(key) for key in tokens.keys[max(0, first - _CUE_REACH) : first]}
    if moment.kind == "duration":
        last = first + len(split_words(moment.text))
        following = match_form(tokens.key(last)) if tokens.near(last - 1) else ""
        if moment.value.startswith("PT") or not (before & _rules().cues or following in _rules().after):
            return None
        return int(moment.value[1:-1]) * _DAYS[moment.value[-1]]
    if written_at is None or not before & _rules().since:
        return None
    began = _first_day(moment)
    return (local_day(written_at) - began).days if began else None


def _first_day(moment: Moment) -> date | None:
    """Return the first day of a date, week, month or year."""
    value = moment.value
    try:
        if moment.kind == "week":
            year, week = value.split("-W")
            return date.fromisocalendar(int(year), int(week), 1)
        year, month, day = (*value.split("-"), "01", "01")[:3]
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


class UrgencyComponent(Step):
    """Writes the urgency; reads amounts, dates, classification and relevance."""

    def __init__(self) -> None:
        super().__init__()
        _rules()  # read before the first text comes

    def read(self, found: Findings) -> None:
        """Sum up the reasons."""
        found.urgency = weigh_urgency(
            found.text,
            classification=found.classification,
            amounts=found.amounts.items,
            dates=found.dates.items,
            written_at=found.created_at,
            report_probability=found.relevance.probability,
        )


@Language.factory("sidak_urgency")
def make_urgency(nlp: Language, name: str) -> UrgencyComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return UrgencyComponent()
