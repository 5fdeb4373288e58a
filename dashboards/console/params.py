"""Reads what stands behind the `?` of an address; anything unknown or senseless gets a message, never a guess."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from starlette.datastructures import QueryParams

from dashboards.console.errors import BadRequestError

AREA = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
NAME = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
MAX_VALUES = 50
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


class Params:
    """The parameters of one address, each asked for by name and checked; the empty ones of a form count as absent."""

    def __init__(self, given: QueryParams, *, known: Collection[str]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in given.multi_items():
            if name not in known:
                raise BadRequestError(f"Parameter “{name[:40]}” tidak dikenal.")
            if value.strip():
                self._values.setdefault(name, []).append(value.strip())

    def one(self, name: str, *, max_length: int = 500) -> str | None:
        """Return a parameter that may stand once; raises BadRequestError."""
        values = self.many(name, max_length=max_length)
        if len(values) > 1:
            raise BadRequestError(f"Parameter “{name}” hanya boleh diisi satu kali.")
        return values[0] if values else None

    def many(self, name: str, *, max_length: int = 500, max_values: int = MAX_VALUES) -> tuple[str, ...]:
        """Return all values of a parameter, each once; raises BadRequestError."""
        values = tuple(dict.fromkeys(self._values.get(name, ())))
        if len(values) > max_values:
            raise BadRequestError(f"Parameter “{name}” memuat terlalu banyak nilai (paling banyak {max_values}).")
        if any(len(value) > max_length for value in values):
            raise BadRequestError(f"Isi “{name}” terlalu panjang (paling banyak {max_length} karakter).")
        return values

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """Return one of a fixed set of values; raises BadRequestError."""
        value = self.one(name)
        if value is None:
            return default
        if value not in choices:
            raise BadRequestError(f"Nilai “{value[:40]}” untuk “{name}” tidak dikenal. Pilihan: {', '.join(choices)}.")
        return value

    def choices(self, name: str, choices: Collection[str]) -> tuple[str, ...]:
        """Return values of a fixed set; raises BadRequestError."""
        for value in self.many(name):
            if value not in choices:
                raise BadRequestError(f"Nilai “{value[:40]}” untuk “{name}” tidak dikenal.")
        return self.many(name)

    def matching(self, name: str, pattern: re.Pattern[str], example: str) -> tuple[str, ...]:
        """Return values of one shape; raises BadRequestError."""
        for value in self.many(name):
            if pattern.fullmatch(value) is None:
                raise BadRequestError(f"Nilai “{value[:40]}” untuk “{name}” tidak berlaku; contoh: {example}.")
        return self.many(name)

    def day(self, name: str) -> date | None:
        """Return a day; raises BadRequestError."""
        value = self.one(name)
        if value is None:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not EARLIEST <= day <= LATEST:
            raise BadRequestError(f"Tanggal “{value[:40]}” tidak berlaku; tulis seperti 2026-11-24.")
        return day

    def number(self, name: str, *, default: int, largest: int) -> int:
        """Return a positive whole number; raises BadRequestError."""
        value = self.one(name, max_length=10)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= largest):
            raise BadRequestError(f"Nilai “{value}” untuk “{name}” bukan angka antara 1 dan {largest}.")
        return int(value)
