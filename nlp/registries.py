"""Registries: the offices and projects that a deployment watches, read from CSV files.

Columns: `id,name,aliases,area_code`; aliases are separated by "|", the area code may be empty. Offices may add `kind`,
the id of a packaged kind of office (nlp/data/offices/offices.csv), so that routing knows which of them is, say, the
public works office of a regency; without it a packaged alias among the names says so. Projects may add `budget` (whole
rupiah), `contractor`, `office` (the id of the office in charge) and `road_class` for stretches of road.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from nlp.areas import is_area
from sidak.errors import StopError

_NEEDED = ("id", "name", "aliases", "area_code")
_OF_OFFICES = ("kind",)
_OF_PROJECTS = ("budget", "contractor", "office", "road_class")
ROAD_CLASSES = ("nasional", "provinsi", "kabupaten", "kota", "desa", "tol")


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """An office; without an area code it stands for its kind everywhere."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    area_code: str | None = None
    kind: str | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project or package of works; the budget is in rupiah."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    area_code: str | None = None
    budget: int | None = None
    contractor: str | None = None
    office: str | None = None
    road_class: str | None = None


@cache
def load_default_offices() -> tuple[Office, ...]:
    """Read the packaged kinds of offices that every region has."""
    return tuple(_load_offices(resources.files("nlp") / "data" / "offices" / "offices.csv", name="offices.csv"))


def load_offices(path: Path) -> tuple[Office, ...]:
    """Read a deployment's offices; raises StopError naming file, line and field of what is wrong."""
    offices = _load_offices(path, name=str(path), kinds=frozenset(office.id for office in load_default_offices()))
    return tuple(offices)


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
            office=row.get("office") or None,
            road_class=_one_of(ROAD_CLASSES, row, "road_class", where=where),
        )
        for where, row in _read_rows(path, name=str(path), optional=_OF_PROJECTS)
    )


def _load_offices(source: Path | Traversable, *, name: str, kinds: Container[str] = ()) -> Iterator[Office]:
    for where, row in _read_rows(source, name=name, optional=_OF_OFFICES):
        yield Office(
            id=row["id"],
            name=row["name"],
            aliases=_aliases(row["aliases"]),
            area_code=row["area_code"] or None,
            kind=_one_of(kinds, row, "kind", where=where),
        )


def _read_rows(
    source: Path | Traversable, *, name: str, optional: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (where, row) with every needed field checked."""
    reader = csv.DictReader(io.StringIO(_read_text(source, name=name), newline=""), strict=True)
    seen: dict[str, str] = {}
    line = 0
    try:
        _check_columns(reader.fieldnames or (), name=name, optional=optional)
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


def _check_columns(columns: Sequence[str], *, name: str, optional: Sequence[str]) -> None:
    missing = [column for column in _NEEDED if column not in columns]
    if missing:
        raise StopError(f"{name}: line 1: columns missing: {', '.join(missing)}; needed: {','.join(_NEEDED)}")
    unknown = [column for column in columns if column not in (*_NEEDED, *optional)]
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


def _one_of(allowed: Container[str], row: Mapping[str, str], field: str, *, where: str) -> str | None:
    value = row.get(field) or None
    if value is not None and value not in allowed:
        known = f"; expected one of {', '.join(allowed)}" if isinstance(allowed, tuple) else ""
        raise StopError(f"{where}: field {field}: {value!r} is not known{known}")
    return value


def _aliases(text: str) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in text.split("|") if alias.strip())


def _budget(text: str, *, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise StopError(f"{where}: field budget: {text!r} is no whole sum in rupiah; write 1500000000")
    return int(text)
