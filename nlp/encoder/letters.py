"""What the encoder says of a text that is worded like a letter: it may speak against a report there, never for one.

Letters have models of their own, which know them better. But adverts, news and publicity are worded as carefully, name
the same troubles, and few of them were there to teach what a letter is.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from nlp.linear import LinearModel
from nlp.model import linear_model

HEAD = "second_look_letters"
"""The name of the model: a weight for each number of the encoder's meaning."""
_LIFT = "lift"

Floats = npt.NDArray[np.float32]


class LetterHead(msgspec.Struct, frozen=True):
    """The encoder's second head."""

    weights: Floats
    bias: float
    lift: float = 0.0
    """What is added wherever the head is asked, so that on the whole as many reports are promised as there are."""

    def shift(self, meaning: Floats) -> float:
        """Return what is added to the log odds of what reads like a letter, by what the encoder makes of it."""
        return self.lift + min(0.0, float(self.weights @ meaning) + self.bias)


def letter_head() -> LetterHead:
    """Return the head in use; `sidak train --model relevance` teaches it."""
    return head_of(linear_model(HEAD))


def head_of(model: LinearModel) -> LetterHead:
    """Return a head that was kept as a linear model whose features are numbered."""
    numbered = [model.weights[str(number)] for number in range(len(model.weights) - 1)]
    return LetterHead(np.array(numbered, dtype=np.float32), model.bias, model.weights[_LIFT])


def model_of(head: LetterHead) -> LinearModel:
    """Return a head as a linear model, to be kept."""
    numbered = {str(number): float(weight) for number, weight in enumerate(head.weights)}
    return LinearModel(head.bias, {**numbered, _LIFT: head.lift})
