"""export: any search as a file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from sidak.app.commands.common import open_house, parse_time
from sidak.app.deployment import known_areas
from sidak.app.output import progress_bar, say, write_json
from sidak.errors import UsageError

if TYPE_CHECKING:
    from index.export_files import Format


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("export")(export)


def export(
    query: Annotated[str, typer.Option(help='Words, "phrases", OR, -not, prefix*; empty for all.')] = "",
    out: Annotated[Path | None, typer.Option(help="The file; below SIDAK_HOME/exports if none is given.")] = None,
    format: Annotated[str | None, typer.Option(help="csv, parquet or jsonl; by default the ending of --out.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="damage, misconduct or service; may be repeated.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="A category id; may be repeated.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="An area code, with everything inside it.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="A source; may be repeated.")] = None,
    lane: Annotated[list[str] | None, typer.Option(help="addressed or overheard.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="A state of the triage; may be repeated.")] = None,
    review: Annotated[
        bool | None, typer.Option("--review/--decided", help="Only what waits for a person, or only what does not.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Posted at or after.")] = None,
    until: Annotated[str | None, typer.Option(help="Posted before.")] = None,
    as_role: Annotated[str, typer.Option(help="With whose rights: inspektorat, gubernur or analis.")] = "analis",
    include_restricted: Annotated[
        bool, typer.Option(help="Also what is berkadar pengawasan; only --as-role inspektorat may.")
    ] = False,
    resume: Annotated[bool, typer.Option(help="Go on with an export that was broken off or met a cap.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest to standard output.")] = False,
) -> None:
    """Write all reports that a search finds into a file, and a manifest beside it: rows, SHA-256, as of, coverage.

    The platforms' caps on exports hold for all exports of a day together.
    Example: sidak export --query "jalan rusak" --place 33.25 --since 2026-11-01 --out jalan.csv
    """
    from index.engine import Filters
    from sidak.app.export import export as write_export
    from sidak.app.export_question import Question

    filters = Filters(
        kinds=_known("--kind", kind),
        categories=_known("--category", category),
        areas=known_areas(place, option="--place"),
        sources=_known("--source", source),
        lanes=_known("--lane", lane),
        states=_known("--state", state),
        review=review,
        since=parse_time(since, option="--since"),
        until=parse_time(until, option="--until"),
    )
    question = Question(query=query, filters=filters, role=as_role, include_restricted=include_restricted)
    with open_house() as house, progress_bar() as on_progress:
        if out is None and resume:
            raise UsageError("--resume needs the --out of the export that was broken off")
        chosen = _choose_format(format, out)
        path = out or house.settings.home / "exports" / f"laporan-{house.clock():%Y%m%d-%H%M%S}.{chosen}"
        manifest = write_export(house, question, out=path, format=chosen, resume=resume, on_progress=on_progress)
    say(f"{path}: {manifest.rows} rows as of {manifest.as_of:%Y-%m-%d %H:%M} UTC, sha256 {manifest.sha256}")
    if as_json:
        write_json(msgspec.to_builtins(manifest))


def _choose_format(given: str | None, out: Path | None) -> Format:
    from index.export_files import FORMATS

    ending = out.suffix.lstrip(".").lower() if out is not None else ""
    if given is None and ending and ending not in FORMATS:
        raise UsageError(f"--out: .{ending} is none of {', '.join(FORMATS)}; say with --format which of them is meant")
    chosen = given or ending or "csv"
    if chosen not in FORMATS:
        raise UsageError(f"--format: {chosen!r} is none of {', '.join(FORMATS)}")
    return chosen


def _known(option: str, values: list[str] | None) -> tuple[str, ...]:
    """Return the values of a filter; raises UsageError where one is no value at all."""
    from collectors.registry import find_sources
    from index.states import LABELS
    from nlp.taxonomy import categories, kind_labels

    if not values:
        return ()
    known: dict[str, Collection[str]] = {
        "--kind": kind_labels(),
        "--category": categories(),
        "--source": find_sources(),
        "--lane": ("addressed", "overheard"),
        "--state": LABELS,
    }
    unknown = [value for value in values if value not in known[option]]
    if unknown:
        raise UsageError(f"{option}: {unknown[0]!r} is none of {', '.join(known[option])}")
    return tuple(values)
