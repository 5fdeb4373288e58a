"""JSON lines: one object a line, UTF-8; a line that is none is set aside and the next one read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from collectors.files.encoding import marked_encoding
from collectors.files.profiles import Profile, column_key
from collectors.files.rows import MAX_LINE_CHARS, Broken, Reading, Row, digest_of
from sidak.errors import StopError


def read_jsonl(path: Path, *, profile: Profile, reading: Reading) -> Iterator[Row | Broken]:  # noqa: ARG001 - all readers are called alike; columns are looked for in each object
    """Yield the objects of a file in order, empty lines left out."""
    with path.open("rb") as file:
        marked = marked_encoding(file.read(4))
        if marked not in (None, "utf-8-sig"):
            raise StopError(f"{path.name}: JSON lines are UTF-8, this file is {marked}; convert it and import it again")
        file.seek(3 if marked else 0)
        number = 0
        while raw := _next_line(file):
            number += 1
            reading.bytes_read = file.tell()
            if not raw.isspace():
                yield _read_line(raw, number)


def _next_line(file: BinaryIO) -> bytes:
    """Return the next line; of one that is too long only the start and no newline."""
    raw = file.readline(MAX_LINE_CHARS)
    if len(raw) == MAX_LINE_CHARS and not raw.endswith(b"\n"):
        while (rest := file.readline(MAX_LINE_CHARS)) and not rest.endswith(b"\n"):
            pass
    return raw


def _read_line(raw: bytes, number: int) -> Row | Broken:
    try:
        return Row(line=number, fields=_decode(raw))
    except ValueError as exc:
        return Broken(line=number, reason="broken_line", detail=str(exc), digest=digest_of(raw))
    except RecursionError:
        detail = "not JSON that can be read: nested too deeply"
        return Broken(line=number, reason="broken_line", detail=detail, digest=digest_of(raw))


def _decode(raw: bytes) -> dict[str, object]:
    """Return the object of a line by column key; raises ValueError saying what is wrong with it."""
    if len(raw) == MAX_LINE_CHARS:
        raise ValueError(f"the line is longer than {MAX_LINE_CHARS >> 20} MiB")
    try:
        # Python's own decoder also takes lone surrogates, which real exports hold; parsing replaces them.
        record = json.loads(raw.decode())
    except UnicodeDecodeError as exc:
        raise ValueError(f"not UTF-8 at byte {exc.start + 1} of the line") from exc
    except json.JSONDecodeError as exc:
        raise ValueError(f"not JSON: {exc.msg} at character {exc.pos + 1}") from exc
    if not isinstance(record, dict):
        raise ValueError(f"a JSON {type(record).__name__} where an object is expected")  # noqa: TRY004 - the line is wrong, not the call
    fields: dict[str, object] = {}
    for key, value in record.items():
        fields.setdefault(column_key(key), json.dumps(value) if isinstance(value, dict | list) else value)
    return fields
