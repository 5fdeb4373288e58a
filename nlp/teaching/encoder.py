"""Trains the encoder that takes the second look, on real chatter alone: `sidak train --data DIR --model encoder`.

It needs what `make setup-encoder` installs (PyTorch, ONNX and the weights it starts from) and half an hour of one
core. Its log odds out of fold are kept by key, so that `sidak train` can weigh it with the linear models without that.
What is true of a tweet is the share of its readers who called it a report; texts that stayed unclear are taught too, at
half the weight, and never measured. Our own sentences are not taught: with them it learnt their one hand, and was
worse on people's.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import torch

from nlp.encoder.export import pack_encoder
from nlp.encoder.fit import Course, Lesson, Weights, fit_encoder, score_texts
from nlp.encoder.pieces import write_pieces
from nlp.encoder.second_look import ENCODER_FILE, PIECES_FILE
from nlp.encoder.start import Start, read_start
from nlp.teaching.devdata import Example, plain, read_backgrounds, read_hand_labels
from nlp.teaching.encoder_taught import SCORES_FILE, is_taught, read_shares, write_scores
from nlp.teaching.folds import folds

STREAMS_WEIGHT, STREAMS_AN_EPOCH = 0.5, 400
"""Texts of the streams are drawn anew for each epoch."""
UNCLEAR_WEIGHT = 0.5
"""Each wording is read once, so that no unclear text is a copy of one held out."""


def train_encoder(data: Path, *, labels: Path, output: Path) -> None:
    """Train, and write the encoder, its vocabulary and its scores out of fold."""
    torch.set_num_threads(1)
    labelled, shares = list(read_hand_labels(data, labels)), read_shares(labels)
    tweets = [each for each in labelled if each.is_report is not None]
    streams = [each for each in read_backgrounds(data) if is_taught(each.text)]
    teaching = _Teaching(
        start=read_start(),
        always=[_lesson(each, shares, UNCLEAR_WEIGHT) for each in labelled if each.is_report is None],
        drawn=[_lesson(each, {}, STREAMS_WEIGHT) for each in streams],
    )
    lessons = [_lesson(each, shares) for each in tweets]
    scores = _score_out_of_fold(teaching, tweets, lessons)
    keyed = {tweet.key: float(score) for tweet, score in zip(tweets, scores, strict=True)}
    (output / SCORES_FILE).write_text(write_scores(keyed), encoding="ascii")
    (output / PIECES_FILE).write_bytes(write_pieces(teaching.start.pieces).encode("utf-8"))
    (output / ENCODER_FILE).write_bytes(pack_encoder(teaching.fit(lessons, name="all")))


class _Teaching(msgspec.Struct, frozen=True, kw_only=True):
    """What every fit has in common: what it starts from, and the lessons that no fold holds out."""

    start: Start
    always: list[Lesson]
    drawn: list[Lesson]

    def fit(self, lessons: Sequence[Lesson], *, name: str) -> Weights:
        """Return an encoder taught these lessons too, telling how it goes under this name."""

        def of_epoch(epoch: int) -> list[Lesson]:
            chance = random.Random(epoch)  # noqa: S311 - a choice of texts, no secret
            return [*lessons, *chance.sample(self.drawn, STREAMS_AN_EPOCH), *self.always]

        def tell(epoch: int, loss: float, _: Weights) -> None:
            sys.stderr.write(f"{name}, epoch {epoch + 1}: loss {loss:.3f}\n")

        first = {key: torch.tensor(values) for key, values in self.start.weights.items()}
        return fit_encoder(first, self.start.pieces, of_epoch, course=Course(), on_epoch=tell)


def _score_out_of_fold(
    teaching: _Teaching, tweets: Sequence[Example], lessons: Sequence[Lesson]
) -> npt.NDArray[np.float64]:
    truths = np.array([int(bool(tweet.is_report)) for tweet in tweets])
    scores = np.zeros(len(tweets))
    for number, (seen, held) in enumerate(folds(truths, [plain(tweet.text) for tweet in tweets])):
        weights = teaching.fit([lessons[n] for n in seen], name=f"fold {number}")
        scores[held] = score_texts(weights, teaching.start.pieces, [tweets[n].text for n in held])
    return scores


def _lesson(example: Example, shares: Mapping[str, float], weight: float = 1.0) -> Lesson:
    return Lesson(text=example.text, truth=shares.get(example.key, 0.0), weight=weight)
