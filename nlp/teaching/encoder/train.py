"""Trains the encoder that takes the second look: `sidak train --data DIR --model encoder`.

It needs what `make setup-encoder` installs (PyTorch, ONNX and the weights it starts from) and three hours of one
core. Its log odds out of fold, and by date, are kept by key, so that `sidak train` can weigh it with the linear models
without that.
It is taught in three courses: posts that we invented and people's complaints, then those posts that are hard to tell
with some of the others, then people's tweets. Taught all at once it learnt our hand and was worse on people's; one
after the other, people have the last word. Some complaints are repeated among the tweets, so that it does not forget
them. What is true of a tweet is the share of its readers who called it a report; texts that stayed unclear are taught
too, at half the weight, and never measured.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch

from nlp.encoder.odds import Odds
from nlp.encoder.pieces import Pieces, write_pieces
from nlp.encoder.second_look import CONDUCT, ENCODER_FILE, PIECES_FILE
from nlp.teaching.devdata import Example, plain, read_backgrounds, read_complaints, read_hand_labels
from nlp.teaching.encoder.conduct import add_conduct, conduct_lessons
from nlp.teaching.encoder.export import pack_encoder
from nlp.teaching.encoder.fit import Course, Lesson, Weights, fit_encoder, mean_weights, read_pooled, score_pooled
from nlp.teaching.encoder.start import read_start
from nlp.teaching.encoder.taught import SCORES_FILE, is_taught, read_shares, write_scores
from nlp.teaching.folds import Part, folds, spans
from nlp.teaching.province import read_province
from nlp.teaching.sentences import ALL_POSTS, HARD_POSTS, LETTERS, read_ours

DRAWN_WEIGHT, DRAWN_AN_EPOCH = 0.5, 400
"""So many texts of the streams, and so many complaints, are drawn anew for each epoch of the last course."""
UNCLEAR_WEIGHT = 0.5
"""Each wording is read once, so that no unclear text is a copy of one held out."""
FIRST_COURSE = Course(epochs=3, batch=32, rate=1.4e-4)
"""Of what we invented, and of complaints."""
HARD_COURSE = Course(epochs=2, batch=32, rate=8e-5)
"""Of the invented posts that are hard to tell, among others."""
OTHERS_AN_EPOCH, COMPLAINTS_AN_EPOCH = 7000, 2000
"""So many of the others, and of complaints, are drawn for each epoch of it, so that they are not forgotten."""
FITS = 2
"""The mean weights of so many fits of a course go on, are scored by fold, and shipped (Wortsman 2022)."""


def train_encoder(data: Path, *, labels: Path, output: Path) -> None:
    """Train, and write the encoder, its vocabulary and its scores out of fold."""
    torch.set_num_threads(1)
    labelled, shares = list(read_hand_labels(data, labels)), read_shares(labels)
    tweets = [each for each in labelled if each.is_report is not None]
    streams = [each for each in read_backgrounds(data) if is_taught(each)]
    complaints = [each for each in _complaints(data) if each.is_report is not None and is_taught(each)]
    start = read_start()
    drawn, settled = [_settled(each, DRAWN_WEIGHT) for each in streams], list(map(_settled, complaints))
    first = _Teaching(
        weights={key: torch.tensor(values) for key, values in start.weights.items()},
        pieces=start.pieces,
        drawn=[_Drawn(drawn)],
        conduct=conduct_lessons(drawn, settled),
        course=FIRST_COURSE,
    )
    teaching = msgspec.structs.replace(
        first,
        weights=_prepare(first, settled),
        always=[_lesson(each, shares, UNCLEAR_WEIGHT) for each in labelled if each.is_report is None],
        drawn=[*first.drawn, _Drawn([_settled(each, DRAWN_WEIGHT) for each in complaints])],
        course=Course(),
    )
    lessons = [_lesson(each, shares) for each in tweets]
    truths, groups = [int(bool(each.is_report)) for each in tweets], [plain(each.text) for each in tweets]
    scores = _score_unseen(teaching, tweets, lessons, folds(np.array(truths), groups), name="fold", fits=FITS)
    by_day = spans([each.day for each in tweets], groups)
    dated = _score_unseen(teaching, tweets, lessons, by_day, name="span", fits=1)  # two take twenty minutes more
    (output / SCORES_FILE).write_text(write_scores(scores, dated), encoding="ascii")
    (output / PIECES_FILE).write_bytes(write_pieces(teaching.pieces).encode("utf-8"))
    (output / ENCODER_FILE).write_bytes(pack_encoder(teaching.fit_both_heads(lessons, fits=FITS, name="all")))


class _Drawn(msgspec.Struct, frozen=True):
    """Lessons of which some are drawn anew for each epoch."""

    lessons: list[Lesson]
    an_epoch: int = DRAWN_AN_EPOCH

    def draw(self, chance: random.Random) -> list[Lesson]:
        """Return those of one epoch; all, where there are fewer."""
        return chance.sample(self.lessons, min(self.an_epoch, len(self.lessons)))


class _Teaching(msgspec.Struct, frozen=True, kw_only=True):
    """What fits have in common: what they start from, the lessons that no fold holds out, and the course."""

    weights: Weights
    pieces: Pieces
    drawn: list[_Drawn]
    conduct: list[Lesson]
    course: Course
    always: list[Lesson] = []

    def fit_mean(self, lessons: Sequence[Lesson], *, fits: int, name: str) -> Weights:
        """Return the mean of some fits that differ by chance alone: better than each by itself, and as fast."""
        return mean_weights([self.fit(lessons, number=number, name=name) for number in range(fits)])

    def fit_both_heads(self, lessons: Sequence[Lesson], *, fits: int, name: str) -> Weights:
        """Return that mean with the second head, which is fitted to what the mean says."""
        return add_conduct(self.fit_mean(lessons, fits=fits, name=name), self.pieces, self.conduct)

    def fit(self, lessons: Sequence[Lesson], *, number: int, name: str) -> Weights:
        """Return an encoder taught these lessons too, the one of this number, telling how it goes."""
        course = msgspec.structs.replace(self.course, seed=number)

        def of_epoch(epoch: int) -> list[Lesson]:
            chance = random.Random(epoch)  # noqa: S311 - a choice of texts, no secret
            drawn = [each for kind in self.drawn for each in kind.draw(chance)]
            return [*lessons, *drawn, *self.always]

        def tell(epoch: int, loss: float) -> None:
            sys.stderr.write(f"{name}, fit {number}, epoch {epoch + 1}: loss {loss:.3f}\n")

        return fit_encoder(self.weights, self.pieces, of_epoch, course=course, on_epoch=tell)


def _prepare(first: _Teaching, complaints: list[Lesson]) -> Weights:
    """Return the weights after the courses that hold no tweet with a label."""
    others = [_settled(each) for each in read_ours(*(set(ALL_POSTS) - {HARD_POSTS}), LETTERS)]
    hard = msgspec.structs.replace(
        first,
        weights=first.fit([*complaints, *others], number=0, name="first course"),
        drawn=[*first.drawn, _Drawn(others, OTHERS_AN_EPOCH), _Drawn(complaints, COMPLAINTS_AN_EPOCH)],
        course=HARD_COURSE,
    )
    return hard.fit_mean([_settled(each) for each in read_ours(HARD_POSTS)], fits=FITS, name="hard posts")


def _score_unseen(
    teaching: _Teaching,
    tweets: Sequence[Example],
    lessons: Sequence[Lesson],
    parts: Iterable[Part],
    *,
    name: str,
    fits: int,
) -> dict[str, Odds]:
    """Return, by key, what an encoder that did not learn from its part says of each tweet."""
    scores: dict[str, Odds] = {}
    for number, (seen, held) in enumerate(parts):
        weights = teaching.fit_both_heads([lessons[n] for n in seen], fits=fits, name=f"{name} {number}")
        pooled = read_pooled(weights, teaching.pieces, [tweets[n].text for n in held])
        looks = zip(score_pooled(weights, pooled), score_pooled(weights, pooled, name=CONDUCT), strict=True)
        scores.update({tweets[n].key: Odds(*map(float, odds)) for n, odds in zip(held, looks, strict=True)})
    return scores


def _complaints(data: Path) -> Iterator[Example]:
    yield from read_complaints(data)
    yield from read_province(data)


def _settled(example: Example, weight: float = 1.0) -> Lesson:
    return Lesson(text=example.text, truth=float(bool(example.is_report)), weight=weight)


def _lesson(example: Example, shares: Mapping[str, float], weight: float = 1.0) -> Lesson:
    return Lesson(text=example.text, truth=shares[example.key], weight=weight)
