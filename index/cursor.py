"""Cursors: where a page ended, opaque to the caller and bound to the query it belongs to.

A cursor is no secret and grants nothing (every read filters anew), so it is checked, not signed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from typing import Annotated

import msgspec

from index.engine import FACETS, MAX_DEPTH, MAX_PAGE, SearchQuery
from index.query_language import MAX_VALUES, check_expression
from sidak.errors import UsageError

_MAX_LENGTH = 8_000
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where the next page starts: how many hits came before, the last hit's sort values, the engine's own handle."""

    seen: Annotated[int, msgspec.Meta(ge=0, le=MAX_DEPTH)]
    after: tuple[float | _Int64 | str, ...]
    handle: str = ""


def check_query(query: SearchQuery) -> None:
    """Raise UsageError where a query asks for more than an engine gives."""
    if not 1 <= query.limit <= MAX_PAGE:
        raise UsageError(f"Jumlah hasil per halaman harus antara 1 dan {MAX_PAGE}.")
    if len(query.facets) > len(FACETS):
        raise UsageError(f"Paling banyak {len(FACETS)} rincian jumlah sekali cari.")
    filters = msgspec.structs.astuple(query.filters)
    if any(isinstance(values, tuple) and len(values) > MAX_VALUES for values in filters):
        raise UsageError(f"Satu penyaring memuat paling banyak {MAX_VALUES} nilai.")
    if query.expression is not None:
        check_expression(query.expression)


def query_digest(query: SearchQuery, *, engine: str) -> str:
    """Return what binds a cursor to its query: everything that decides which hits there are and their order."""
    what = (engine, query.include_restricted, query.expression, query.filters, query.similar, query.sort)
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:32]


def write_cursor(position: Position, *, digest: str) -> str:
    """Return a position as an opaque cursor."""
    payload = msgspec.json.encode(position)
    return base64.urlsafe_b64encode(_checksum(payload, digest) + payload).decode().rstrip("=")


def read_cursor(cursor: str, *, digest: str, shape: tuple[type, ...]) -> Position:
    """Return the position in a cursor; raises UsageError where it is damaged or another query's.

    `shape` gives the types of the sort values; a float may come as an integer.
    """
    if len(cursor) > _MAX_LENGTH:
        raise _bad_cursor()
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = msgspec.json.decode(raw[8:], type=Position)
    except (UnicodeEncodeError, binascii.Error, msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise _bad_cursor() from exc
    if raw[:8] != _checksum(raw[8:], digest) or not _fits(position, shape):
        raise _bad_cursor()
    return position


def _fits(position: Position, shape: tuple[type, ...]) -> bool:
    return len(position.after) == len(shape) and all(
        isinstance(value, float | int) and math.isfinite(value) if kind is float else isinstance(value, kind)
        for value, kind in zip(position.after, shape, strict=True)
    )


def _checksum(payload: bytes, digest: str) -> bytes:
    return hashlib.sha256(digest.encode() + payload).digest()[:8]


def _bad_cursor() -> UsageError:
    return UsageError("Tautan halaman ini rusak atau milik pencarian lain. Ulangi pencarian dari halaman pertama.")


def expired_cursor() -> UsageError:
    """Return the error for a page that was asked for too late."""
    return UsageError("Halaman ini sudah kedaluwarsa. Ulangi pencarian dari halaman pertama.")


def too_heavy() -> UsageError:
    """Return the error for a search that was stopped because it took too long."""
    return UsageError("Pencarian ini terlalu berat; persempit dengan penyaring, wilayah, atau waktu.")
