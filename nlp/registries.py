"""Registries: the offices and projects that a deployment watches, read from CSV files.

Columns: `id,name,aliases,area_code` and for projects `budget,contractor` too; aliases are separated by "|".
Area code, budget (whole rupiah) and contractor may be empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from nlp.areas import is_area
from sidak.errors import StopError

_NEEDED = ("id", "name", "aliases", "area_code")
_OPTIONAL = ("budget", "contractor")


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """An office; without an area code it stands for its kind everywhere."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    area_code: str | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project or package of works; the budget is in rupiah."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    area_code: str | None = None
    budget: int | None = None
    contractor: str | None = None


def load_default_offices() -> tuple[Office, ...]:
    """Read the packaged kinds of offices that every region has."""
    return _load_offices(resources.files("nlp") / "data" / "offices" / "offices.csv", name="offices.csv")


def load_offices(path: Path) -> tuple[Office, ...]:
    """Read a deployment's offices; raises StopError naming file, line and field of what is wrong."""
    return _load_offices(path, name=str(path))


def load_projects(path: Path) -> tuple[Project, ...]:
    """Read a deployment's projects; raises StopError naming file, line and field of what is wrong."""
    return tuple(
        Project(
            id=row["id"],
            name=row["name"],
            aliases=_aliases(row["aliases"]),
            area_code=row["area_code"] or None,
            budget=_budget(row.get("budget", ""), where=where),
            contractor=row.get("contractor") or None,
        )
        for where, row in _read_rows(path, name=str(path))
    )


def _load_offices(source: Path | Traversable, *, name: str) -> tuple[Office, ...]:
    return tuple(
        Office(id=row["id"], name=row["name"], aliases=_aliases(row["aliases"]), area_code=row["area_code"] or None)
        for _, row in _read_rows(source, name=name)
    )


def _read_rows(source: Path | Traversable, *, name: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (where, row) with every needed field checked."""
    reader = csv.DictReader(io.StringIO(_read_text(source, name=name), newline=""), strict=True)
    seen: dict[str, str] = {}
    line = 0
    try:
        _check_columns(reader.fieldnames or (), name=name)
        line = reader.line_num
        for raw in reader:
            where, line = f"{name}: line {line + 1}", reader.line_num
            row = _check_row(raw, where=where)
            if row["id"] in seen:
                raise StopError(f"{where}: field id: {row['id']!r} stands already at {seen[row['id']]}")
            seen[row["id"]] = where
            yield where, row
    except csv.Error as exc:
        raise StopError(f"{name}: line {line + 1}: not readable as CSV: {exc}") from exc


def _read_text(source: Path | Traversable, *, name: str) -> str:
    try:
        return source.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise StopError(f"{name}: cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise StopError(f"{name}: line {line}: not UTF-8; save the file as CSV UTF-8") from exc


def _check_columns(columns: Sequence[str], *, name: str) -> None:
    missing = [column for column in _NEEDED if column not in columns]
    if missing:
        raise StopError(f"{name}: line 1: columns missing: {', '.join(missing)}; needed: {','.join(_NEEDED)}")
    unknown = [column for column in columns if column not in (*_NEEDED, *_OPTIONAL)]
    if unknown:
        raise StopError(f"{name}: line 1: unknown columns: {', '.join(unknown)}")


def _check_row(raw: Mapping[str | None, str | list[str] | None], *, where: str) -> dict[str, str]:
    if None in raw:
        raise StopError(f"{where}: more fields than columns; quote fields that hold a comma")
    row = {str(key): str(value or "").strip() for key, value in raw.items()}
    for field in ("id", "name"):
        if not row[field]:
            raise StopError(f"{where}: field {field}: empty")
    if row["area_code"] and not is_area(row["area_code"]):
        raise StopError(f"{where}: field area_code: no area has the code {row['area_code']!r}")
    return row


def _aliases(text: str) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in text.split("|") if alias.strip())


def _budget(text: str, *, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise StopError(f"{where}: field budget: {text!r} is no whole sum in rupiah; write 1500000000")
    return int(text)
