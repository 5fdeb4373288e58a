"""The encoder as ONNX Runtime runs it fastest for one text: operators that take several steps at once, a byte a weight.

Each column of a matrix has a scale of its own; what flows through is cut to a byte at each matrix by the range that it
has (dynamic quantisation). The table of pieces keeps the four bits a weight in which it came. There is no mask: a text
is never padded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from nlp.encoder.second_look import CONDUCT, ODDS, PIECES
from nlp.teaching.encoder.quantise import BLOCK, Floats, quantise, quantise_blocks

HEADS = 12
EPSILON = 1e-12
_OPSET, _IR_VERSION = 18, 9
_FUSED = "com.microsoft"
"""The domain of the operators that ONNX Runtime adds."""

Arrays = Mapping[str, Floats]


class _Graph:
    """Collects operators and constants."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        """Add values under a name, once, and return it."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def add(self, operator: str, inputs: list[str], *, outputs: int = 1, **how: Any) -> list[str]:  # noqa: ANN401 - attributes differ
        """Add an operator, and return the names of what comes out."""
        name = f"{operator}_{len(self.nodes)}"
        names = [f"{name}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, name=name, **how))
        return names

    def one(self, operator: str, *inputs: str, **how: Any) -> str:  # noqa: ANN401 - attributes differ
        """Add an operator with one result, and return its name."""
        return self.add(operator, list(inputs), **how)[0]


def build_graph(weights: Arrays) -> bytes:
    """Return an ONNX model of the numbers of one text's pieces to its log odds by both heads."""
    graph = _Graph()
    hidden = _embed(graph, weights)
    for layer in range(sum(name.endswith(".query.w") for name in weights)):
        hidden = _layer(graph, weights, f"{layer}.", hidden)
    _heads(graph, weights, hidden)
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info(PIECES, TensorProto.INT64, [1, "length"])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in (ODDS, CONDUCT)],
        list(graph.constants.values()),
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
    model = helper.make_model(made, opset_imports=opsets)
    model.ir_version = _IR_VERSION  # what older runtimes read too
    return bytes(model.SerializeToString())


def _embed(graph: _Graph, weights: Arrays) -> str:
    table, scales = quantise_blocks(weights["words"])
    inputs = [graph.constant("words", table), PIECES, graph.constant("words.scales", scales)]
    sizes = {"bits": 4, "block_size": BLOCK, "quantize_axis": 1}
    words = graph.one("GatherBlockQuantized", *inputs, domain=_FUSED, **sizes)
    length = graph.one("Shape", PIECES, start=1, end=2)
    first = graph.constant("first", np.array([0], dtype=np.int64))
    places = graph.one("Slice", graph.constant("positions", weights["positions"]), first, length, first)
    return _add_and_normalise(graph, weights, words, places, "start")


def _layer(graph: _Graph, weights: Arrays, at: str, hidden: str) -> str:
    mixed = _linear(graph, weights, f"{at}out", _attend(graph, weights, at, hidden))
    hidden = _add_and_normalise(graph, weights, mixed, hidden, f"{at}attended")
    wide = graph.one("Gelu", _linear(graph, weights, f"{at}widen", hidden), domain=_FUSED)
    return _add_and_normalise(graph, weights, _linear(graph, weights, f"{at}narrow", wide), hidden, f"{at}done")


def _attend(graph: _Graph, weights: Arrays, at: str, hidden: str) -> str:
    names = [f"{at}{part}" for part in ("query", "key", "value")]
    matrix, scales = quantise(np.concatenate([weights[f"{name}.w"] for name in names], axis=1))
    biases = np.concatenate([weights[f"{name}.b"] for name in names])
    cut, scale, zero = graph.add("DynamicQuantizeLinear", [hidden], outputs=3)
    inputs = [
        cut,
        graph.constant(f"{at}all.w", matrix),
        graph.constant(f"{at}all.b", biases),
        scale,
        graph.constant(f"{at}all.scales", scales[0]),
        "",
        zero,
    ]
    return graph.one("QAttention", *inputs, domain=_FUSED, num_heads=HEADS)


def _linear(graph: _Graph, weights: Arrays, name: str, values: str) -> str:
    matrix, scales = quantise(weights[f"{name}.w"])
    inputs = [
        values,
        graph.constant(f"{name}.w", matrix),
        graph.constant(f"{name}.scales", scales[0]),
        "",  # where zero lies: in the middle
        graph.constant(f"{name}.b", weights[f"{name}.b"]),
    ]
    return graph.one("DynamicQuantizeMatMul", *inputs, domain=_FUSED)


def _add_and_normalise(graph: _Graph, weights: Arrays, left: str, right: str, name: str) -> str:
    """Normalise a sum; one operator for both exists, and takes four times as long on a processor."""
    gain = graph.constant(f"{name}.gain", weights[f"{name}.gain"])
    shift = graph.constant(f"{name}.shift", weights[f"{name}.shift"])
    return graph.one("LayerNormalization", graph.one("Add", left, right), gain, shift, epsilon=EPSILON)


def _heads(graph: _Graph, weights: Arrays, hidden: str) -> None:
    """Add the mean over all pieces and the linear heads, in which centring and scaling are included."""
    along = graph.constant("along", np.array([1], dtype=np.int64))
    mean = graph.one("ReduceMean", hidden, along, keepdims=0)
    for head, odds in (("head", ODDS), (CONDUCT, CONDUCT)):
        slopes = (weights[f"{head}.w"] / weights[f"{head}.spread"]).astype(np.float32)
        bias = (weights[f"{head}.b"] - slopes @ weights[f"{head}.centre"]).astype(np.float32)
        weighed = graph.one("MatMul", mean, graph.constant(f"{head}.w", slopes))
        graph.nodes.append(helper.make_node("Add", [weighed, graph.constant(f"{head}.b", bias)], [odds]))
