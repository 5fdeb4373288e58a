"""Makes bytes, or halves of them, of an encoder's weights: what its packing loses is lost here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK = 32
"""So many weights of a piece share a scale in the table."""
_STEPS = 127
_HALF_BYTE = 8
"""What stands for nought in four bits."""

Floats = npt.NDArray[np.float32]


def quantise(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return a matrix in bytes with the scales by which they must be multiplied, one for each column."""
    scales = np.maximum(np.abs(matrix).max(axis=0, keepdims=True) / _STEPS, 1e-12).astype(np.float32)
    return np.round(matrix / scales).astype(np.int8), scales


def quantise_blocks(table: Floats) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Return a table (R, C) in four bits, two to a byte (R, C/2), and a scale for each block of weights (R, C/32).

    The lower four bits come first. The weight furthest from nought is eight steps below it, as in llama.cpp's Q4_0: a
    table that came in that form loses nothing.
    """
    blocks = table.reshape(len(table), -1, BLOCK)
    furthest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[:, :, None], axis=2)
    scales = (furthest / -_HALF_BYTE).astype(np.float32)
    steps = np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0)
    numbers = np.clip(np.round(steps) + _HALF_BYTE, 0, 2 * _HALF_BYTE - 1).astype(np.uint8).reshape(table.shape)
    return numbers[:, ::2] | np.left_shift(numbers[:, 1::2], 4, dtype=np.uint8), scales[:, :, 0]
