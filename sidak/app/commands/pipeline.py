"""collect, import, enrich, publish, run, sources: from the world into the index."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from sidak.app.commands.common import existing_file, open_house, parse_time, raise_unless_all_ok
from sidak.app.output import emit, progress_bar, say, show_table
from sidak.errors import StopError, UsageError

if TYPE_CHECKING:
    from sidak.app import pipeline

AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON to standard output.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("collect")(collect)
    app.command("import")(import_file)
    app.command("enrich")(enrich)
    app.command("publish")(publish)
    app.command("run")(run_all)
    app.command("sources")(sources)


def collect(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="All cleared sources if none.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Posted at or after, e.g. 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option(help="Posted before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Collect one pass over the cleared sources into the archive.

    Example: sidak collect x reddit --since 2026-11-20
    """
    from sidak.app import pipeline

    with open_house() as house, progress_bar() as on_progress:
        chosen = names or pipeline.plan_sources(house.settings, clock=house.clock)
        if not chosen:
            raise StopError(
                f"no source is cleared: declare one in {house.settings.clearance_path}; "
                "`sidak sources` says what is missing"
            )
        start, end = parse_time(since, option="--since"), parse_time(until, option="--until")
        if start and end and start >= end:
            raise UsageError("--since must be before --until")
        results = [
            pipeline.collect_with(house, name, since=start, until=end, on_progress=on_progress) for name in chosen
        ]
    _show_collected(results, as_json=as_json)


def _show_collected(results: list[pipeline.CollectResult], *, as_json: bool) -> None:
    if as_json:
        for result in results:
            emit(msgspec.json.encode(result).decode())
    else:
        from sidak.app.collect import COUNTS

        columns = ("source", "outcome", *COUNTS, "message")
        rows = [[getattr(result, column) for column in columns] for result in results]
        show_table("Collected", columns, rows)
        for result in results:
            for warning in result.warnings:
                say(f"{result.source}: {warning}")
    raise_unless_all_ok(results)


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or JSON lines.")],
    profile: Annotated[str, typer.Option(help="Which columns mean what: a name of collectors/files/profiles.")],
    as_json: AsJson = False,
) -> None:
    """Import a file into the archive through a column profile; importing it again changes nothing.

    Example: sidak import complaints.csv --profile generic
    """
    from sidak.app import pipeline

    existing_file(file, option="FILE")
    with open_house() as house, progress_bar() as on_progress:
        result = pipeline.import_with(house, file, profile=profile, on_progress=on_progress)
    if as_json:
        emit(msgspec.json.encode(result).decode())
        return
    columns = ("rows", "new", "revised", "unchanged", "refused", "rejected")
    show_table(f"Imported {file}", columns, [[getattr(result, column) for column in columns]])
    for warning in result.warnings:
        say(warning)


def enrich(as_json: AsJson = False) -> None:
    """Read all posts that this model version has not read yet: archive to reports.

    Example: sidak enrich
    """
    from sidak.app import pipeline

    with open_house() as house, progress_bar() as on_progress:
        _show_enriched(pipeline.enrich_with(house, on_progress=on_progress), as_json=as_json)


def publish(as_json: AsJson = False) -> None:
    """Bring the index up to the archive and the decisions: reports to index.

    Example: SIDAK_INDEX=elasticsearch sidak publish
    """
    from sidak.app import pipeline

    with open_house() as house, progress_bar() as on_progress:
        _show_published(pipeline.publish_with(house, on_progress=on_progress), as_json=as_json)


def run_all(
    collect_first: Annotated[
        bool, typer.Option("--collect/--no-collect", help="Ask the cleared sources first.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Run all stages once: collect (where a source is cleared), enrich, publish.

    Example: sidak run
    """
    from sidak.app import pipeline

    with open_house() as house, progress_bar() as on_progress:
        names = pipeline.plan_sources(house.settings, clock=house.clock) if collect_first else []
        results = [pipeline.collect_with(house, name, on_progress=on_progress) for name in names]
        _show_enriched(pipeline.enrich_with(house, on_progress=on_progress), as_json=as_json)
        _show_published(pipeline.publish_with(house, on_progress=on_progress), as_json=as_json)
    if results:
        _show_collected(results, as_json=as_json)


def _show_enriched(summary: pipeline.EnrichSummary, *, as_json: bool) -> None:
    if as_json:
        emit(msgspec.json.encode(summary).decode())
        return
    rows: list[tuple[str, int]] = [("reports", summary.reports), ("left to a person", summary.review)]
    rows += [(f"dropped: {reason}", count) for reason, count in summary.dropped.items()]
    show_table(f"Enriched {summary.posts} posts in {summary.segments} segments", ("outcome", "posts"), rows)


def _show_published(summary: pipeline.PublishSummary, *, as_json: bool) -> None:
    if as_json:
        emit(msgspec.json.encode(summary).decode())
        return
    rows = [(name, getattr(summary, name)) for name in ("written", "unchanged", "removed", "rejected", "decisions")]
    show_table(f"Published {summary.segments} segments", ("outcome", "documents"), rows)


def sources(
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be asked and what it would cost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show every source: lanes, clearance, last success, gap minutes, and why one is not available.

    Example: sidak sources --plan
    """
    from sidak.app import pipeline

    with open_house() as house:
        if plan:
            _show_plans(pipeline.plan_queries(house), pipeline.describe_review(house), as_json=as_json)
            return
        rows = pipeline.source_overview(house)
    if as_json:
        for row in rows:
            emit(msgspec.json.encode(row).decode())
        return
    for row in rows:
        lanes = f" ({', '.join(row.lanes)})" if row.lanes else ""
        last = f"{row.last_success:%Y-%m-%d %H:%M} UTC" if row.last_success else "never"
        say(f"{row.source}: {row.title}{lanes}: {row.state}")
        say(f"    posts {row.posts}, last success {last}, gap {row.gap_minutes} min")
        for name, value in (
            ("why", row.reason),
            ("quota", row.quota),
            ("left", row.left),
            *(("signal", one) for one in row.signals),
        ):
            if value:
                say(f"    {name}: {value}")


def _show_plans(plans: list[pipeline.SourcePlan], review: str, *, as_json: bool) -> None:
    from sidak.app import pipeline

    for one in plans:
        if as_json:
            emit(msgspec.json.encode(pipeline.summarize_plan(one)).decode())
            continue
        pairs = Counter(one.coverage.pairs.values())
        for query in one.queries:
            emit(f"{one.source}\t{query.lane}\t{pairs[query.id]}\t{query.text}")
    if as_json:
        return
    for one in plans:
        say(f"{one.source}: {len(one.queries)} queries, at least {one.requests_a_day} requests a day")
        for line in pipeline.explain_plan(one):
            say(f"    {line}")
    say(review)
