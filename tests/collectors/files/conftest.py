"""An archive of its own for each test, and a short way to import a file into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from collectors.files.importer import ImportResult, import_file
from sidak.archive import Archive
from sidak.catalog import DEAD_LETTERS, Catalog
from sidak.ids import Pseudonymizer
from sidak.intake import Intake
from sidak.models import DeadLetter, Post

NOW = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)


class Desk:
    """Imports files and shows what the archive then holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = Archive(folder / "archive", clock=lambda: NOW)
        self.catalog = Catalog(folder / "catalog.db", self.archive)
        self.intake = Intake(self.archive, self.catalog)

    def write(self, name: str, content: str | bytes, *, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def load(self, path: Path, *, profile: str = "generic", chunk: int = 2000) -> ImportResult:
        result = import_file(
            path,
            profile=profile,
            intake=self.intake,
            pseudonymize=Pseudonymizer(b"k" * 32),
            clock=lambda: NOW,
            chunk=chunk,
        )
        handled = result.new + result.revised + result.unchanged + result.refused + result.rejected
        assert result.rows == handled
        return result

    def load_text(self, name: str, content: str | bytes, *, profile: str = "generic") -> ImportResult:
        return self.load(self.write(name, content), profile=profile)

    def posts(self) -> list[Post]:
        return [msgspec.json.decode(record, type=Post) for record in self._records("posts/files")]

    def letters(self) -> list[DeadLetter]:
        return [msgspec.json.decode(record, type=DeadLetter) for record in self._records(DEAD_LETTERS)]

    def _records(self, name: str) -> Iterator[bytes]:
        stream = self.archive.stream(name)
        for entry in stream.segments():
            yield from stream.read(entry)


@pytest.fixture
def make_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Desk]]:
    desks: list[Desk] = []

    def make() -> Desk:
        desks.append(Desk(tmp_path_factory.mktemp("desk")))
        return desks[-1]

    yield make
    for desk in desks:
        desk.catalog.close()


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    return make_desk()
