"""Trains the encoder that takes the second look, on real chatter alone: `sidak train --data DIR --model encoder`.

It needs what `make setup-encoder` installs (PyTorch, ONNX and the weights it starts from) and half an hour of one
core. Its log odds out of fold are kept by key, so that `sidak train` can weigh it with the linear models without that.
Our own sentences are not taught: with them it learnt their one hand, and was worse on people's.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.model_selection import StratifiedGroupKFold

from nlp.encoder.export import pack_encoder
from nlp.encoder.fit import Course, Lesson, Weights, fit_encoder, score_texts
from nlp.encoder.pieces import write_pieces
from nlp.encoder.second_look import ENCODER_FILE, PIECES_FILE
from nlp.encoder.start import Start, read_start
from nlp.teaching.devdata import Example, plain, read_backgrounds, read_hand_labels
from nlp.teaching.encoder_taught import SCORES_FILE, is_taught, write_scores

FOLDS = 5
STREAMS_WEIGHT, STREAMS_AN_EPOCH = 0.5, 400
"""Texts of the streams are drawn anew for each epoch."""


def train_encoder(data: Path, *, labels: Path, output: Path) -> None:
    """Train, and write the encoder, its vocabulary and its scores out of fold."""
    torch.set_num_threads(1)
    tweets = [each for each in read_hand_labels(data, labels) if each.is_report is not None]
    streams = [each for each in read_backgrounds(data) if is_taught(each.text)]
    start = read_start()
    scores = _score_out_of_fold(start, tweets, streams)
    keyed = {tweet.key: float(score) for tweet, score in zip(tweets, scores, strict=True)}
    (output / SCORES_FILE).write_text(write_scores(keyed), encoding="ascii")
    (output / PIECES_FILE).write_bytes(write_pieces(start.pieces).encode("utf-8"))
    (output / ENCODER_FILE).write_bytes(pack_encoder(_fit(start, tweets, streams, name="all")))


def _score_out_of_fold(start: Start, tweets: Sequence[Example], streams: Sequence[Example]) -> npt.NDArray[np.float64]:
    truths = [int(bool(tweet.is_report)) for tweet in tweets]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    groups = [plain(tweet.text) for tweet in tweets]
    scores = np.zeros(len(tweets))
    for number, (seen, held) in enumerate(folds.split(np.zeros(len(tweets)), truths, groups)):
        weights = _fit(start, [tweets[n] for n in seen], streams, name=f"fold {number}")
        scores[held] = score_texts(weights, start.pieces, [tweets[n].text for n in held])
    return scores


def _fit(start: Start, tweets: Sequence[Example], streams: Sequence[Example], *, name: str) -> Weights:
    def tell(epoch: int, loss: float, _: Weights) -> None:
        sys.stderr.write(f"{name}, epoch {epoch + 1}: loss {loss:.3f}\n")

    first = {key: torch.tensor(values) for key, values in start.weights.items()}
    return fit_encoder(first, start.pieces, _lessons(tweets, streams), course=Course(), on_epoch=tell)


def _lessons(tweets: Sequence[Example], streams: Sequence[Example]) -> Callable[[int], list[Lesson]]:
    always = [_lesson(each) for each in tweets]

    def of_epoch(epoch: int) -> list[Lesson]:
        chance = random.Random(epoch)  # noqa: S311 - a choice of texts, no secret
        drawn = [_lesson(each, STREAMS_WEIGHT) for each in chance.sample(streams, STREAMS_AN_EPOCH)]
        return always + drawn

    return of_epoch


def _lesson(example: Example, weight: float = 1.0) -> Lesson:
    return Lesson(text=example.text, truth=float(bool(example.is_report)), weight=weight)
