"""Names that a text mentions but is not about: where somebody comes from, works, or that it is not.

"Dari Cirebon mau ke Jepara, jalan rusak di Weleri" is about Weleri. Such a name still says where the writer may be,
and less than a place that is named otherwise (`nlp.places.says` weighs it like "arah X").
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nlp.places.cues import Cue, skip_back
from nlp.places.mention import Mention
from nlp.places.tokens import Tokens
from nlp.places.words import load_words

_JOURNEY = 8
"""So many words at most lie between where a journey begins and where it ends."""
_BETWEEN = 2
"""So many words at most stand between "bukan", or "kerja", and the name."""
_ENDS = frozenset(".!?\n")


def set_aside(tokens: Tokens, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions, those that a text is not about marked, where it names another place as well."""
    aside: dict[int, Cue] = dict.fromkeys(_journey(tokens, mentions), "towards")
    for at, each in enumerate(mentions):
        cue = _read_aside(tokens, each)
        if cue:
            aside[at] = cue
    if len(aside) == len(mentions):
        return [*mentions]
    return [each._replace(cue=aside.get(at, each.cue)) for at, each in enumerate(mentions)]


def _read_aside(tokens: Tokens, mention: Mention) -> Cue:
    """Return whether the name is denied ("bukan yang Tembalang"), where somebody works, comes from or is going."""
    words, before = load_words(), mention.opens - 1
    is_goal = tokens.key(before) in words.goals and tokens.key(before - 1) in words.intentions
    if tokens.near(before) and (is_goal or tokens.key(before) in words.origin_people):
        return "towards"
    at = skip_back(tokens, mention.opens, words.links, most=_BETWEEN)
    if not tokens.near(at):
        return ""
    if tokens.key(at) in words.denied:
        return "denied"
    return "towards" if at < before and tokens.key(at) in words.elsewhere else ""


def _journey(tokens: Tokens, mentions: Sequence[Mention]) -> list[int]:
    """Return which mentions are the beginning and the end of a journey, in either order, if one is told."""
    words = load_words()
    for at, (one, other) in enumerate(pairwise(mentions)):
        gaps = "".join(map(tokens.gap, range(one.last - 1, other.opens)))
        apart = other.opens - one.last
        if apart > _JOURNEY or not _ENDS.isdisjoint(gaps):
            continue
        goal = _follows(tokens, other, words.goals)
        if goal and _follows(tokens, one, words.origins):
            return [at, at + 1]
        # "Kreo ke Cikokol", or the way back; the road between them may be meant unless a place is named on it
        told = goal or (_follows(tokens, one, words.goals) and _follows(tokens, other, words.origins))
        if told and apart == 1 and any(each.cue == "place" for each in mentions[at + 2 :]):
            return [at, at + 1]
    return []


def _follows(tokens: Tokens, mention: Mention, words: frozenset[str]) -> bool:
    """Tell whether one of the words stands before a name, or before the kind of landmark that it names."""
    at = mention.opens - 1
    return tokens.key(at) in words or (tokens.key(at) in load_words().spots and tokens.key(at - 1) in words)
