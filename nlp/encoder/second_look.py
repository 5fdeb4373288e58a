"""The second look: an encoder reads the posts of which the linear models are unsure."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import zstandard

from nlp.encoder.letters import Floats
from nlp.encoder.pieces import Pieces, read_pieces
from nlp.model import model_file
from sidak.errors import StopError

ENCODER_FILE, PIECES_FILE = "encoder.onnx.zst", "encoder_pieces.tsv"
PIECES, ODDS, MEANING = "pieces", "odds", "meaning"
"""The names of what the model takes and of what it returns."""
_ERRORS_ONLY = 3


class Look(NamedTuple):
    """What the encoder makes of a text; it depends on nothing but the text."""

    odds: float
    """The log odds that it is a first-hand report, taken for chatter."""
    meaning: Floats
    """The mean of what the last layer makes of its pieces: one number a feature (384)."""


class SecondLook:
    """A packed encoder with its vocabulary; building it takes a fifth of a second and some 60 MB, a text some 2 ms.

    Raises StopError where it was packed by a version whose encoders told the odds alone.
    """

    def __init__(self, model: bytes, pieces: Pieces) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # work is shared out by processes
        options.log_severity_level = _ERRORS_ONLY
        self._session = onnxruntime.InferenceSession(
            zstandard.ZstdDecompressor().decompress(model), options, providers=["CPUExecutionProvider"]
        )
        if MEANING not in {each.name for each in self._session.get_outputs()}:
            raise StopError(f"{ENCODER_FILE} is of an older version; teach it anew: `sidak train --model encoder`")
        self._pieces = pieces

    def look(self, text: str) -> Look:
        """Return what the encoder makes of a text."""
        pieces = np.array([self._pieces.encode(text)], dtype=np.int64)
        odds, meaning = self._session.run([ODDS, MEANING], {PIECES: pieces})
        return Look(float(odds[0]), meaning[0])

    def score(self, text: str) -> float:
        """Return the log odds that a text is a first-hand report, taken for chatter."""
        return self.look(text).odds


@cache
def second_look() -> SecondLook:
    """Return the encoder in use, loaded when first needed."""
    return read_second_look(model_file(ENCODER_FILE).parent)


def read_second_look(folder: Path) -> SecondLook:
    """Return the encoder that lies in a folder."""
    return SecondLook(
        folder.joinpath(ENCODER_FILE).read_bytes(),
        read_pieces(folder.joinpath(PIECES_FILE).read_bytes().decode("utf-8")),
    )
