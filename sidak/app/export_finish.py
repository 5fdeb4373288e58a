"""The last steps of an export: what was read becomes the wished file, as the index and the tombstones are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from index.document import Document
from index.engine import SearchQuery
from index.export_files import Format, describe_columns, write_rows
from index.export_rows import ExportRow, build_row
from index.export_spool import Spool, write_private
from nlp.model import version
from sidak.app.export_caps import caps_per_day
from sidak.app.export_manifest import NOTES, Cap, Covered, Manifest, Tally, hash_file, manifest_path
from sidak.app.export_question import Question
from sidak.app.house import House
from sidak.app.sources import source_overview

BATCH = 2_000
"""Reports that are read and held at a time."""


def finish_export(house: House, question: Question, spool: Spool, *, out: Path, format: Format, by: str) -> Manifest:
    """Make the wished file of the rows that were read, and the manifest; nothing can be deleted meanwhile."""
    tally, progress = Tally(), spool.progress
    rows = spool.rows() if not progress.resumed else _as_now(house, question.search_query(), spool)
    as_of = house.clock() if progress.resumed else progress.as_of
    said = {"sidak.as_of": as_of.isoformat(), "sidak.pipeline_version": version(), "sidak.query": question.query}
    draft = draft_path(out)
    count = write_rows(draft, format, tally.counting(_without_deleted(house, rows)), notes=said)
    manifest = Manifest(
        file=out.name,
        format=format,
        rows=count,
        bytes=draft.stat().st_size,
        sha256=hash_file(draft),
        query=question.query,
        filters=question.filters,
        role=question.role,
        include_restricted=question.include_restricted,
        exported_by=by,
        started_at=progress.started_at,
        as_of=as_of,
        resumed=progress.resumed,
        pipeline_version=version(),
        versions=dict(sorted(tally.versions.items())),
        coverage=tuple(_coverage(house, tally)),
        caps=tuple(
            Cap(source=name, posts_a_day=limit) for name, limit in caps_per_day().items() if tally.sources[name]
        ),
        columns=dict(describe_columns()),
        notes=NOTES,
    )
    draft.replace(out)
    write_private(manifest_path(out), msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    return manifest


def draft_path(out: Path) -> Path:
    """Return where the wished file is while it is being written."""
    return out.with_name(out.name + ".new")


def build_rows(house: House, documents: Iterable[Document]) -> list[ExportRow]:
    key = house.settings.secret_key("pseudonym")
    newest: dict[str, Document] = {}
    for document in documents:  # one that is just moving between the lanes may come twice
        if document.id not in newest or document.version > newest[document.id].version:
            newest[document.id] = document
    return list(_without_deleted(house, (build_row(document, key=key) for document in newest.values())))


def _without_deleted(house: House, rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
    """Leave out what has a tombstone, whether or not the index has followed already."""
    house.catalog.follow_all()
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        gone = house.catalog.tombstoned([row.id for row in batch])
        yield from (row for row in batch if row.id not in gone)


def _as_now(house: House, query: SearchQuery, spool: Spool) -> Iterator[ExportRow]:
    """Yield the reports of a spool as the index has them now, without those that it would no longer give."""
    present = _scan(house, query)
    current = next(present, None)
    for row in spool.rows():
        while current is not None and current.id < row.id:
            current = next(present, None)
        if current is not None and current.id == row.id:
            yield current


def _scan(house: House, query: SearchQuery) -> Iterator[ExportRow]:
    after, last = "", False
    while not last:
        documents = house.engine.scan(query, after=after, limit=BATCH)
        yield from build_rows(house, documents)
        last = len(documents) < BATCH
        after = documents[-1].id if documents else after


def _coverage(house: House, tally: Tally) -> Iterator[Covered]:
    for row in source_overview(house):
        rows = tally.sources[row.source]
        if not rows and row.state not in {"ready", "receive"}:
            continue
        oldest, newest = tally.spans.get(row.source, (None, None))
        yield Covered(
            source=row.source,
            rows=rows,
            oldest=oldest,
            newest=newest,
            state=row.state,
            last_success=row.last_success,
            gap_minutes=row.gap_minutes,
        )
