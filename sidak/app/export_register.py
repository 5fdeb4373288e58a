"""Where exports were written, so that a deletion finds those outside of the home's own folder too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from index.export_spool import PRIVATE, part_path
from sidak.errors import StopError


class Registered(msgspec.Struct, frozen=True):
    """One export: its place, and when it was begun."""

    out: str
    at: datetime


def register_export(home: Path, out: Path, *, at: datetime) -> None:
    """Remember a place before anything is written there; raises StopError where the home cannot hold it."""
    path = _register(home)
    line = msgspec.json.encode(Registered(str(out), at)) + b"\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        raise StopError(f"{path}: {exc.strerror}; without its register no export is written") from exc


def registered_files(home: Path) -> Iterator[Path]:
    """Yield the files of all exports that are still where they were written, unfinished ones too."""
    try:
        lines = _register(home).read_bytes().splitlines()
    except FileNotFoundError:
        return
    outs = dict.fromkeys(msgspec.json.decode(line, type=Registered).out for line in lines if line.endswith(b"}"))
    for out in map(Path, outs):
        yield from (path for path in (out, part_path(out), out.with_name(out.name + ".new")) if path.is_file())


def _register(home: Path) -> Path:
    return home / "exports" / "register.jsonl"
