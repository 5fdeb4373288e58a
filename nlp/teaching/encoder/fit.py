"""Teaches the encoder: AdamW (Loshchilov 2019) with a warm-up and a straight way down, slower in lower layers.

The embeddings stay as they came: what is learnt lies in the layers, and no single text leaves a mark on a word.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from nlp.encoder.pieces import PADDING, Pieces
from nlp.teaching.encoder.network import Tensors, count_layers, embed, head, pool

FROZEN = frozenset({"words", "positions", "start.gain", "start.shift", "head.centre", "head.spread"})
NUMERICS = torch.bfloat16
"""Half the work on processors that multiply in it; sums and steps stay in 32 bits."""
_SCORED_AT_ONCE = 64
_STRETCH = 16
"""Texts of like length are put together among so many batches."""

Weights = dict[str, Tensor]
Floats = npt.NDArray[np.float32]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A text, how surely it is a report (0 to 1), and how much it weighs."""

    text: str
    truth: float
    weight: float = 1.0


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How to teach."""

    epochs: int = 4
    batch: int = 16
    rate: float = 1e-4
    head_rate: float = 5e-4
    lower_layers: float = 0.9
    """What the rate is multiplied by for each layer further down."""
    warm_up: float = 0.1
    dropout: float = 0.1
    decay: float = 0.01
    clip: float = 1.0
    head_strength: float = 0.01
    """The inverse regularisation of the logistic regression that the head starts as."""
    seed: int = 0


OnEpoch = Callable[[int, float], None]
Numbered = Sequence[Sequence[int]]


def fit_encoder(
    start: Tensors,
    pieces: Pieces,
    lessons: Callable[[int], Sequence[Lesson]],
    *,
    course: Course,
    on_epoch: OnEpoch | None = None,
) -> Weights:
    """Return the weights after the course; `lessons` are those of an epoch.

    Weights that come out of another course go on from where it ended.
    """
    torch.manual_seed(course.seed)
    chance = random.Random(course.seed)  # noqa: S311 - an order of texts, no secret
    weights = dict(start)
    if "head.centre" not in start:  # a better start than none
        weights |= fit_head(start, pieces, lessons(0), strength=course.head_strength)
    learnt = {name: value.clone().requires_grad_() for name, value in weights.items() if name not in FROZEN}
    frozen = {name: value for name, value in weights.items() if name in FROZEN}
    steps = course.epochs * -(-len(lessons(0)) // course.batch)
    optimizer = torch.optim.AdamW(list(_groups(learnt, course)), betas=(0.9, 0.98), fused=True)
    plan = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: _factor(done, steps, course.warm_up))
    for epoch in range(course.epochs):
        taught = lessons(epoch)
        numbered = [pieces.encode(lesson.text) for lesson in taught]
        losses = []
        for batch in _batches(numbered, course.batch, chance):
            loss = _loss(frozen | learnt, [numbered[n] for n in batch], [taught[n] for n in batch], course.dropout)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(learnt.values()), course.clip)
            optimizer.step()
            plan.step()
            losses.append(float(loss.detach()))
        if on_epoch is not None:
            on_epoch(epoch, float(np.mean(losses)))
    return frozen | {name: value.detach().clone() for name, value in learnt.items()}


def mean_weights(fits: Sequence[Weights]) -> Weights:
    """Return the mean of the weights of fits that started from the same."""
    return {name: torch.stack([each[name].float() for each in fits]).mean(dim=0) for name in fits[0]}


def fit_head(
    weights: Tensors, pieces: Pieces, lessons: Sequence[Lesson], *, strength: float, name: str = "head"
) -> Weights:
    """Return a head of this name, fitted to what the layers say as they are (`strength`: inverse regularisation)."""
    pooled = read_pooled(weights, pieces, [lesson.text for lesson in lessons])
    centre, spread = pooled.mean(axis=0), pooled.std(axis=0) + 1e-4
    truths = [int(lesson.truth > 0.5) for lesson in lessons]
    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit((pooled - centre) / spread, truths, sample_weight=[lesson.weight for lesson in lessons])
    return {
        f"{name}.centre": torch.tensor(centre),
        f"{name}.spread": torch.tensor(spread),
        f"{name}.w": torch.tensor(model.coef_[0], dtype=torch.float32),
        f"{name}.b": torch.tensor(model.intercept_[0], dtype=torch.float32),
    }


def score_pooled(weights: Tensors, pooled: Floats, *, name: str = "head") -> Floats:
    """Return the log odds of pooled texts by the head of this name."""
    odds: Floats = head(weights, torch.tensor(pooled), name=name).numpy()
    return odds


def read_pooled(weights: Tensors, pieces: Pieces, texts: Sequence[str]) -> Floats:
    """Return the mean of the last layer over each text's pieces (texts, features)."""
    numbered = [pieces.encode(text) for text in texts]
    order = sorted(range(len(numbered)), key=lambda n: len(numbered[n]))
    found: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(order)
    with torch.no_grad(), torch.autocast("cpu", NUMERICS):
        for first in range(0, len(order), _SCORED_AT_ONCE):
            batch = order[first : first + _SCORED_AT_ONCE]
            padded, mask = pad([numbered[n] for n in batch])
            pooled = pool(weights, embed(weights, padded), mask)
            for n, value in zip(batch, pooled.float().numpy(), strict=True):
                found[n] = value
    return np.array(found, dtype=np.float32)


def _loss(weights: Weights, numbered: Numbered, lessons: Sequence[Lesson], dropout: float) -> Tensor:
    pieces, mask = pad(numbered)
    with torch.autocast("cpu", NUMERICS):
        pooled = pool(weights, embed(weights, pieces), mask, dropout=dropout)
    odds = head(weights, pooled.float(), dropout=dropout)
    truths = torch.tensor([lesson.truth for lesson in lessons])
    each = F.binary_cross_entropy_with_logits(odds, truths, reduction="none")
    return (each * torch.tensor([lesson.weight for lesson in lessons])).mean()


def pad(numbered: Numbered) -> tuple[Tensor, Tensor]:
    """Return piece numbers and mask (B, L) of texts made as long as the longest."""
    length = max(map(len, numbered))
    pieces = torch.full((len(numbered), length), PADDING)
    mask = torch.zeros(len(numbered), length)
    for row, numbers in enumerate(numbered):
        pieces[row, : len(numbers)] = torch.tensor(numbers)
        mask[row, : len(numbers)] = 1.0
    return pieces, mask


def _groups(learnt: Weights, course: Course) -> Iterator[dict[str, object]]:
    """Yield what is learnt, layer by layer, with its rate."""
    layers = count_layers(learnt)
    yield {
        "params": [value for name, value in learnt.items() if name.startswith("head.")],
        "lr": course.head_rate,
        "weight_decay": 0.0,
    }
    for layer in range(layers):
        yield {
            "params": [value for name, value in learnt.items() if name.startswith(f"{layer}.")],
            "lr": course.rate * course.lower_layers ** (layers - 1 - layer),
            "weight_decay": course.decay,
        }


def _factor(done: int, steps: int, warm_up: float) -> float:
    return min(1.0, (done + 1) / (warm_up * steps + 1)) * max(1e-3, 1.0 - done / steps)


def _batches(numbered: Numbered, size: int, chance: random.Random) -> list[list[int]]:
    """Return texts of like length together, in a new order each time."""
    order = list(range(len(numbered)))
    chance.shuffle(order)
    batches = []
    for first in range(0, len(order), size * _STRETCH):
        near = sorted(order[first : first + size * _STRETCH], key=lambda n: len(numbered[n]))
        batches += [near[at : at + size] for at in range(0, len(near), size)]
    chance.shuffle(batches)
    return batches
