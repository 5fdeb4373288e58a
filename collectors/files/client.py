"""Reads files page by page, so that memory stays flat however large the file is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from collectors.files.profiles import Profile, load_profile
from collectors.files.read_csv import read_csv
from collectors.files.read_jsonl import read_jsonl
from collectors.files.read_xlsx import read_xlsx
from collectors.files.rows import Broken, Reading, Row
from collectors.protocol import Query, RawPage, Window
from sidak.clock import Clock
from sidak.errors import StopError, UsageError
from sidak.text import clean_text

Reader = Callable[..., Iterator[Row | Broken]]

READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
}

SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", (), "an old Excel (.xls) or password-protected workbook; save it as .xlsx without password"),
    (b"PK\x03\x04", (".xlsx", ".xlsm"), "an XLSX workbook or another zip archive; give it its right name"),
    (b"\x1f\x8b", (), "compressed; unpack it first"),
    (b"%PDF", (), "a PDF; export the table as CSV or XLSX"),
)
"""How files begin that often come under a wrong name, which names are right, and what to tell people."""

PAGE_CHARS = 8 << 20
"""A page ends early where its rows hold this much, so that a page of very long rows fits in memory."""


def build_client(
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],  # noqa: ARG001 - a file keeps nobody waiting
    rng: random.Random,  # noqa: ARG001 - and nothing is tried again by chance
) -> FilesClient:
    """Return the client as every source does; the one setting is the name or path of a profile."""
    return FilesClient(load_profile(credentials.get("profile", "generic")), clock=clock)


def build_query(path: Path, profile: Profile) -> Query:
    """Return the question that a file answers; the same content under another name asks the same."""
    return Query(id=f"files:{profile.name}", source="files", lane=profile.lane, text=str(path))


class FilesClient:
    """Fetches the rows of the file that a query names; there is no cursor, since known rows are not stored twice."""

    def __init__(self, profile: Profile, *, clock: Clock, chunk: int = 2000) -> None:
        self.reading = Reading()
        self._profile = profile
        self._clock = clock
        self._chunk = chunk

    def fetch(self, query: Query, *, window: Window, cursor: Any | None) -> Iterator[RawPage]:  # noqa: ANN401, ARG002 - the protocol's; a file is always read whole
        """Yield pages of rows; `reading` says how far it is.

        Raises UsageError for a file that is none or lacks columns, StopError for one that cannot be read.
        """
        path = Path(query.text)
        reader = _reader_for(path)
        self.reading = Reading(bytes_total=path.stat().st_size)
        items: list[Row | Broken] = []
        size = 0
        try:
            for item in _named_failures(reader(path, profile=self._profile, reading=self.reading), path):
                items.append(item)
                size += _size_of(item)
                if len(items) >= self._chunk or size >= PAGE_CHARS:
                    yield self._page(query, path, items)
                    items, size = [], 0
        except StopError:
            if items:  # what was read before the damage is good
                yield self._page(query, path, items)
            raise
        if items:
            yield self._page(query, path, items)

    def _page(self, query: Query, path: Path, items: list[Row | Broken]) -> RawPage:
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=None,
            includes={"profile": self._profile},
            where=shown_name(path),
        )


def _reader_for(path: Path) -> Reader:
    """Return the reader by the file's name; raises UsageError or StopError where there is nothing to read."""
    shown = shown_name(path)
    try:
        if path.is_dir():
            raise UsageError(f"{shown}: this is a folder; name a file in it")
        if not path.exists():
            raise UsageError(f"{clean_text(str(path))[0]}: there is no such file")
        if not path.is_file():
            raise UsageError(f"{shown}: this is no regular file")
        suffix = path.suffix.lower()
        if suffix not in READERS:
            raise UsageError(f"{shown}: unknown kind of file {suffix!r}; expected one of {', '.join(READERS)}")
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as exc:
        raise StopError(f"{shown}: cannot read the file ({exc.strerror})") from exc
    if not start:
        raise UsageError(f"{shown}: the file is empty")
    for signature, right, told in SIGNATURES:
        if start.startswith(signature) and suffix not in right:
            raise UsageError(f"{shown}: this is {told}")
    return READERS[suffix]


def _named_failures(items: Iterator[Row | Broken], path: Path) -> Iterator[Row | Broken]:
    try:
        yield from items
    except OSError as exc:
        raise StopError(f"{shown_name(path)}: cannot read the file ({exc.strerror or exc})") from exc
    except UnicodeDecodeError as exc:
        raise StopError(f"{shown_name(path)}: the file changed while it was read; import it again") from exc


def _size_of(item: Row | Broken) -> int:
    if isinstance(item, Broken):
        return len(item.detail)
    return sum(len(value) for value in item.fields.values() if isinstance(value, str))


def shown_name(path: Path) -> str:
    """Return a file's name as messages show it; file systems also hold names that no text can."""
    return clean_text(path.name)[0] or str(path)
