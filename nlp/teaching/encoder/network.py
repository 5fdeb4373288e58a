"""A small BERT (Devlin 2019) as one function of weights, in PyTorch: what learning and exporting share.

Shapes: B texts, L pieces, H features. The layer order is that of multilingual-e5-small (Wang 2024), whose lower layers
it starts from: add and normalise after each block, the mean over all pieces, one linear head.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it
from torch import Tensor

HEADS = 12
EPSILON = 1e-12
_FAR = -1e4
"""Added to the attention on padding."""

Tensors = Mapping[str, Tensor]


def embed(weights: Tensors, pieces: Tensor) -> Tensor:
    """Return what the layers start from (B, L, H), which no lesson changes."""
    hidden = F.embedding(pieces, weights["words"]) + weights["positions"][: pieces.shape[1]]
    return _normalise(hidden, weights, "start")


def pool(weights: Tensors, hidden: Tensor, mask: Tensor, *, dropout: float = 0.0) -> Tensor:
    """Return the mean over each text's pieces after all layers (B, H); `mask` (B, L) has ones for pieces."""
    unseen = (1.0 - mask)[:, None, None, :] * _FAR
    for layer in range(count_layers(weights)):
        hidden = _layer(hidden, weights, f"{layer}.", unseen, dropout)
    shown = mask[:, :, None]
    return (hidden.float() * shown).sum(dim=1) / shown.sum(dim=1)


def head(weights: Tensors, pooled: Tensor, *, name: str = "head", dropout: float = 0.0) -> Tensor:
    """Return the log odds (B) of pooled texts by the head of this name."""
    plain = (pooled - weights[f"{name}.centre"]) / weights[f"{name}.spread"]
    return (_drop(plain, dropout) * weights[f"{name}.w"]).sum(dim=-1) + weights[f"{name}.b"]


def count_layers(weights: Tensors) -> int:
    """Return how many layers these weights hold."""
    return sum(name.endswith(".query.w") for name in weights)


def _layer(hidden: Tensor, weights: Tensors, at: str, unseen: Tensor, dropout: float) -> Tensor:
    attended = _drop(_attend(hidden, weights, at, unseen, dropout), dropout)
    hidden = _normalise(hidden + attended, weights, f"{at}attended")
    wide = F.gelu(_linear(hidden, weights, f"{at}widen"))
    return _normalise(hidden + _drop(_linear(wide, weights, f"{at}narrow"), dropout), weights, f"{at}done")


def _attend(hidden: Tensor, weights: Tensors, at: str, unseen: Tensor, dropout: float) -> Tensor:
    texts, length, features = hidden.shape

    def heads(name: str) -> Tensor:
        made = _linear(hidden, weights, f"{at}{name}")
        return made.reshape(texts, length, HEADS, features // HEADS).transpose(1, 2)

    query, key, value = heads("query"), heads("key"), heads("value")
    scores = query @ key.transpose(2, 3) * (features // HEADS) ** -0.5 + unseen
    shares = _drop(torch.softmax(scores, dim=-1).to(value.dtype), dropout)
    mixed = (shares @ value).transpose(1, 2).reshape(texts, length, features)
    return _linear(mixed, weights, f"{at}out")


def _linear(values: Tensor, weights: Tensors, name: str) -> Tensor:
    return values @ weights[f"{name}.w"] + weights[f"{name}.b"]


def _normalise(values: Tensor, weights: Tensors, name: str) -> Tensor:
    gain = weights[f"{name}.gain"]
    return F.layer_norm(values, [gain.numel()], gain, weights[f"{name}.shift"], EPSILON)


def _drop(values: Tensor, share: float) -> Tensor:
    return F.dropout(values, share) if share else values
