"""The encoder's second head: reports of poor service and misconduct, told from all that reports nothing.

No tweets about these are published with labels. After people's tweets, which tell of damage, the first head thinks such
reports rarer than they are, but the layers still know them: a logistic regression over what they say, learnt from what
we invented, from people's streams and, at little weight, from complaints, tells them better than the first head does.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec

from nlp.encoder.pieces import Pieces
from nlp.encoder.second_look import CONDUCT
from nlp.teaching.encoder.fit import Lesson, Weights, fit_head
from nlp.teaching.encoder.mixture import CONDUCT_SHARES
from nlp.teaching.sentences import ALL_POSTS, LETTERS, read_sentences

STRENGTH = 0.003
MOST_OTHERS = 4000
"""So many of what we invented that reports nothing are as good as all of it, and teach in a third of the time."""
COMPLAINTS_WEIGHT = 0.3
"""So that what reads somewhat like a complaint is told too; at full weight chatter is told worse."""


def conduct_lessons(streams: Sequence[Lesson], complaints: Sequence[Lesson]) -> list[Lesson]:
    """Return our own reports of poor service and misconduct, our own posts that report nothing, streams, complaints."""
    sentences = list(read_sentences((*ALL_POSTS, LETTERS)))
    reports = [each.example.text for each in sentences if each.example.is_report and each.kind in CONDUCT_SHARES]
    others = [each.example.text for each in sentences if not each.example.is_report]
    drawn = random.Random(0).sample(others, MOST_OTHERS)  # noqa: S311 - a choice of texts, no secret
    return [
        *(Lesson(text=text, truth=1.0) for text in reports),
        *(Lesson(text=text, truth=0.0) for text in [*drawn, *(each.text for each in streams)]),
        *(msgspec.structs.replace(each, weight=COMPLAINTS_WEIGHT) for each in complaints),
    ]


def add_conduct(weights: Weights, pieces: Pieces, lessons: Sequence[Lesson]) -> Weights:
    """Return the weights with the second head."""
    return weights | fit_head(weights, pieces, lessons, strength=STRENGTH, name=CONDUCT)
