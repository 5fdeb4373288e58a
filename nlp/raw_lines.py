"""Reads a stream line by line, none further than its limit: a file without line ends must not fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 32 << 20


def read_lines(infile: BinaryIO) -> Iterator[bytes]:
    """Yield lines; of one that is too long, only as much as shows that it is."""
    while line := infile.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := infile.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line
