"""Packs a taught encoder for serving: one compressed ONNX file."""

from __future__ import annotations

import zstandard

from nlp.teaching.encoder.graph import build_graph
from nlp.teaching.encoder.network import Tensors

_LEVEL = 19


def pack_encoder(weights: Tensors) -> bytes:
    """Return a compressed ONNX model of a text's pieces to its log odds; matrices lose what a byte cannot hold."""
    graph = build_graph({name: value.float().numpy() for name, value in weights.items()})
    return zstandard.ZstdCompressor(level=_LEVEL).compress(graph)
