"""Trains the encoder that takes the second look: `sidak train --data DIR --model encoder`.

It needs what `make setup-encoder` installs (PyTorch, ONNX and the weights it starts from) and an hour and a half of one
core. Its log odds out of fold, and by date, are kept by key, so that `sidak train` can weigh it with the linear models
without that.
It is taught twice: first posts that we invented, then people's own. Taught both at once it learnt our hand and was
worse on people's; one after the other, people have the last word. What is true of a tweet is the share of its readers
who called it a report; texts that stayed unclear are taught too, at half the weight, and never measured.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch

from nlp.encoder.pieces import Pieces, write_pieces
from nlp.encoder.second_look import ENCODER_FILE, PIECES_FILE
from nlp.teaching.devdata import Example, plain, read_backgrounds, read_hand_labels
from nlp.teaching.encoder.export import pack_encoder
from nlp.teaching.encoder.fit import Course, Lesson, Weights, fit_encoder, score_texts
from nlp.teaching.encoder.start import read_start
from nlp.teaching.encoder.taught import SCORES_FILE, is_taught, read_shares, write_scores
from nlp.teaching.folds import Part, folds, spans
from nlp.teaching.sentences import ALL_POSTS, LETTERS, read_ours

STREAMS_WEIGHT, STREAMS_AN_EPOCH = 0.5, 400
"""Texts of the streams are drawn anew for each epoch."""
UNCLEAR_WEIGHT = 0.5
"""Each wording is read once, so that no unclear text is a copy of one held out."""
FIRST_COURSE = Course(epochs=3)
"""Of what we invented."""


def train_encoder(data: Path, *, labels: Path, output: Path) -> None:
    """Train, and write the encoder, its vocabulary and its scores out of fold."""
    torch.set_num_threads(1)
    labelled, shares = list(read_hand_labels(data, labels)), read_shares(labels)
    tweets = [each for each in labelled if each.is_report is not None]
    streams = [each for each in read_backgrounds(data) if is_taught(each.text)]
    start, drawn = read_start(), [_lesson(each, {}, STREAMS_WEIGHT) for each in streams]
    first = _Teaching(
        weights={key: torch.tensor(values) for key, values in start.weights.items()},
        pieces=start.pieces,
        always=[],
        drawn=drawn,
        course=FIRST_COURSE,
    )
    invented = [Lesson(text=each.text, truth=float(bool(each.is_report))) for each in read_ours(*ALL_POSTS, LETTERS)]
    teaching = msgspec.structs.replace(
        first,
        weights=first.fit(invented, name="invented"),
        always=[_lesson(each, shares, UNCLEAR_WEIGHT) for each in labelled if each.is_report is None],
        course=Course(),
    )
    lessons = [_lesson(each, shares) for each in tweets]
    truths, groups = [int(bool(each.is_report)) for each in tweets], [plain(each.text) for each in tweets]
    scores = _score_unseen(teaching, tweets, lessons, folds(np.array(truths), groups), name="fold")
    dated = _score_unseen(teaching, tweets, lessons, spans([each.day for each in tweets], groups), name="span")
    (output / SCORES_FILE).write_text(write_scores(scores, dated), encoding="ascii")
    (output / PIECES_FILE).write_bytes(write_pieces(teaching.pieces).encode("utf-8"))
    (output / ENCODER_FILE).write_bytes(pack_encoder(teaching.fit(lessons, name="all")))


class _Teaching(msgspec.Struct, frozen=True, kw_only=True):
    """What fits have in common: what they start from, the lessons that no fold holds out, and the course."""

    weights: Weights
    pieces: Pieces
    always: list[Lesson]
    drawn: list[Lesson]
    course: Course

    def fit(self, lessons: Sequence[Lesson], *, name: str) -> Weights:
        """Return an encoder taught these lessons too, telling how it goes under this name."""

        def of_epoch(epoch: int) -> list[Lesson]:
            chance = random.Random(epoch)  # noqa: S311 - a choice of texts, no secret
            return [*lessons, *chance.sample(self.drawn, STREAMS_AN_EPOCH), *self.always]

        def tell(epoch: int, loss: float) -> None:
            sys.stderr.write(f"{name}, epoch {epoch + 1}: loss {loss:.3f}\n")

        return fit_encoder(self.weights, self.pieces, of_epoch, course=self.course, on_epoch=tell)


def _score_unseen(
    teaching: _Teaching, tweets: Sequence[Example], lessons: Sequence[Lesson], parts: Iterable[Part], *, name: str
) -> dict[str, float]:
    """Return, by key, the log odds of each tweet by an encoder that did not learn from its part."""
    scores: dict[str, float] = {}
    for number, (seen, held) in enumerate(parts):
        weights = teaching.fit([lessons[n] for n in seen], name=f"{name} {number}")
        odds = score_texts(weights, teaching.pieces, [tweets[n].text for n in held])
        scores.update({tweets[n].key: float(score) for n, score in zip(held, odds, strict=True)})
    return scores


def _lesson(example: Example, shares: Mapping[str, float], weight: float = 1.0) -> Lesson:
    return Lesson(text=example.text, truth=shares.get(example.key, 0.0), weight=weight)
