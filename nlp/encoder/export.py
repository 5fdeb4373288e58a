"""Packs a taught encoder for serving: one ONNX file, a byte a weight, compressed."""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path

import torch
import zstandard
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor

from nlp.encoder.network import Tensors, embed, head, pool
from nlp.encoder.second_look import MASK, ODDS, PIECES

_OPSET, _LEVEL = 17, 19


class _Graph(torch.nn.Module):
    """The whole way from pieces to log odds, as the exporter wants it."""

    def __init__(self, weights: Tensors) -> None:
        super().__init__()
        self._names = {name: name.replace(".", "_") for name in weights}
        for name, value in weights.items():
            self.register_buffer(self._names[name], value)  # only what is registered is quantised

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        weights = {name: getattr(self, registered) for name, registered in self._names.items()}
        return head(weights, pool(weights, embed(weights, pieces), mask))


def pack_encoder(weights: Tensors) -> bytes:
    """Return a compressed ONNX model of (pieces, mask) to log odds; matrices lose what a byte cannot hold."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises what gains nothing here
        warnings.simplefilter("ignore")  # the exporter warns of shapes it takes for constants: their ranks are
        whole, packed = Path(folder, "whole.onnx"), Path(folder, "packed.onnx")
        sample = (torch.tensor([[0, 5, 1], [0, 6, 1]]), torch.ones(2, 3))
        torch.onnx.export(
            _Graph(weights),
            sample,
            str(whole),
            input_names=[PIECES, MASK],
            output_names=[ODDS],
            dynamic_axes={PIECES: {0: "texts", 1: "length"}, MASK: {0: "texts", 1: "length"}, ODDS: {0: "texts"}},
            dynamo=False,
            opset_version=_OPSET,
        )
        quantize_dynamic(
            whole, packed, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"]
        )
        return zstandard.ZstdCompressor(level=_LEVEL).compress(packed.read_bytes())
