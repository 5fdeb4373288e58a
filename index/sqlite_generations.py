"""Which file is the index: a rebuilt one takes the place of the present one by a single rename of a tiny pointer file.

    index/index.db           the first generation, in use as long as there is no pointer
    index/index.current      names the generation in use, for example `index-2.db`
    index/index-2.db         a later generation, with its own -wal, -shm and rankings

A database is never renamed over another, since its -wal would be taken for the other's. Numbers only grow, so a file
that is no longer in use never comes into use again; who still reads it keeps it until done, as files do.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from index.sqlite_errors import damaged
from sidak.errors import StopError

_LEFT_BESIDE = ("", "-wal", "-shm")


class Generations:
    """The files of one embedded index."""

    def __init__(self, first: Path) -> None:
        self._first = first
        self._pointer = first.with_suffix(".current")
        self._name = re.compile(rf"{re.escape(first.stem)}(?:-([0-9]{{1,9}}))?\.db")
        self._belongs = re.compile(rf"({re.escape(first.stem)}(?:-[0-9]{{1,9}})?)(?:-rankings)?\.db(?:-wal|-shm)?")

    def current(self) -> Path:
        """Return the file in use; raises IntegrityError where the pointer names none of ours."""
        try:
            name = self._pointer.read_bytes().decode("ascii", "replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return self._first
        except OSError as exc:
            raise StopError(f"{self._pointer}: cannot be read ({exc.strerror})") from exc
        if not self._name.fullmatch(name):
            raise damaged(self._pointer, "it names no index file")
        return self._first.with_name(name)

    def next(self) -> Path:
        """Return a file that no generation was kept in so far."""
        return self._first.with_name(f"{self._first.stem}-{max(self._numbers(), default=0) + 1}.db")

    def others(self) -> list[Path]:
        """Return the generations that are not in use, the newest last."""
        keep = self.current()
        found = [path for path in self._files() if self._name.fullmatch(path.name) and path != keep]
        return sorted(found, key=lambda path: int((self._name.fullmatch(path.name) or [0, 1])[1] or 1))

    def switch_to(self, path: Path) -> None:
        """Let everybody use another file from now on; it survives a power cut, or the old one does."""
        aside = self._pointer.with_suffix(".current.partial")
        try:
            with aside.open("w", encoding="ascii") as file:
                file.write(f"{path.name}\n")
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._pointer)
            folder = os.open(self._pointer.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as exc:
            raise StopError(f"{self._pointer}: cannot be written ({exc.strerror}); the index is as it was") from exc

    def sweep(self) -> None:
        """Remove every generation but the one in use."""
        keep = self.current().stem
        for path in self._files():
            belongs = self._belongs.fullmatch(path.name)
            if belongs and belongs[1] != keep:
                _remove(path)

    def _numbers(self) -> list[int]:
        names = [self._belongs.fullmatch(path.name) for path in self._files()]
        found = [self._name.fullmatch(f"{name[1]}.db") for name in names if name]
        try:
            found.append(self._name.fullmatch(self._pointer.read_bytes().decode("ascii", "replace").strip()))
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as exc:
            raise StopError(f"{self._pointer}: cannot be read ({exc.strerror})") from exc
        return [int(name[1] or 1) for name in found if name]

    def _files(self) -> list[Path]:
        return list(self._first.parent.glob("*"))


def rankings_beside(path: Path) -> Path:
    """Return the file of the rankings that belong to a generation."""
    return path.with_name(f"{path.stem}-rankings.db")


def remove_generation(path: Path) -> None:
    """Remove a generation that is not in use."""
    for database in (path, rankings_beside(path)):
        for suffix in _LEFT_BESIDE:
            _remove(database.with_name(database.name + suffix))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise StopError(f"{path}: the old index cannot be removed ({exc.strerror})") from exc
