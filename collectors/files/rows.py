"""What the readers hand on: rows by column key, and lines that are no row."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

MAX_LINE_CHARS = 16 << 20
"""The longest line or CSV record that is read; longer ones are rejected so that memory stays bounded."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a file; `line` is its first line, or its row in a sheet."""

    line: int
    fields: dict[str, Any]
    warnings: tuple[str, ...] = ()


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is no record, and a hash of what stood there; the content itself stays in the file."""

    line: int
    reason: str
    detail: str
    digest: str


class Reading(msgspec.Struct, kw_only=True):
    """How far a reader is, and what it noticed about the file as a whole."""

    bytes_total: int = 0
    bytes_read: int = 0
    warnings: list[str] = msgspec.field(default_factory=list)


def digest_of(value: object) -> str:
    """Return a hash of anything a reader met, whatever characters it holds."""
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()[:24]
