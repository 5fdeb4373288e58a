"""Which encoding a text file has: by its byte order mark, else UTF-8, else the first fallback that decodes it whole."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

from sidak.errors import StopError

BLOCK_BYTES = 1 << 20

_MARKS = (  # UTF-32's mark begins with UTF-16's, so it comes first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(start: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def detect_encoding(path: Path, *, fallbacks: Sequence[str]) -> tuple[str, str | None]:
    """Return the encoding of a text file, and a warning where it is a guess.

    The whole file is decoded once, block by block. Raises StopError naming line and byte where nothing decodes it.
    """
    with path.open("rb") as file:
        marked = marked_encoding(file.read(4))
    candidates = [marked] if marked else ["utf-8", *fallbacks]
    problem = _first_problem(path, candidates[0])
    if problem is None:
        return candidates[0], None
    for name in candidates[1:]:
        if _first_problem(path, name) is None:
            return name, f"{path.name}: not UTF-8 ({problem}), so read as {name}; look whether letters came out right"
    tried = " or ".join(name.upper() for name in candidates)
    raise StopError(f"{path.name}, {problem}: not {tried}; save the file as UTF-8 and import it again")


def _first_problem(path: Path, encoding: str) -> str | None:
    """Return where a file stops being of this encoding, None if it never does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, before = 1, 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK_BYTES)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as exc:
                offset = max(exc.start - waiting, 0)
                return f"line {line + block[:offset].count(10)}, byte {before + exc.start - waiting + 1}"
            if not block:
                return None
            line += text.count("\n")
            before += len(block)
