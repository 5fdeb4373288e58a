"""analyze, group, train, evaluate: the reading alone, without archive or index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, cast

import typer

from sidak.app.commands.common import existing_file
from sidak.app.output import say
from sidak.errors import StopError, UsageError

STANDARD = Path("-")
InputOption = Annotated[Path, typer.Option("--input", help="JSON lines; - for standard input.")]
OutputOption = Annotated[Path, typer.Option("--output", help="JSON lines; - for standard output.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("analyze")(analyze)
    app.command("group")(group)


def analyze(
    input: InputOption = STANDARD,
    output: OutputOption = STANDARD,
    region: Annotated[str | None, typer.Option(help="The home region's code, e.g. 33 or 33.25.")] = None,
    lane: Annotated[str, typer.Option(help="addressed or overheard, where a line does not say.")] = "overheard",
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
) -> None:
    """Analyze JSON lines (id, text, and optionally created_at, lane, place_hint), one line out for each in.

    Example: sidak analyze --input posts.jsonl --output analysed.jsonl --region 33 --jobs 2
    """
    if lane not in ("addressed", "overheard"):
        raise UsageError(f"--lane: {lane!r} is neither addressed nor overheard")
    from nlp.lines import analyze_stream

    with _streams(input, output) as (source, sink):
        count = analyze_stream(
            source, sink, region=region, lane=cast("Literal['addressed', 'overheard']", lane), jobs=jobs
        )
    say(f"{count} lines analyzed")


def group(input: InputOption = STANDARD, output: OutputOption = STANDARD) -> None:
    """Group analysed lines into incidents: the same lines with incident.id and incident.link.

    Example: sidak group --input analysed.jsonl --output grouped.jsonl
    """
    from nlp.incidents import group_stream

    with _streams(input, output) as (source, sink):
        count = group_stream(source, sink)
    say(f"{count} lines grouped")


@contextmanager
def _streams(input: Path, output: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open both ends; an output file gets its name only when it is whole."""
    source = sys.stdin.buffer if input == STANDARD else existing_file(input, option="--input").open("rb")
    if output == STANDARD:
        with source:
            yield source, sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    draft = output.with_name(output.name + ".part")
    try:
        with source, draft.open("wb") as sink:
            yield source, sink
        draft.replace(output)
    except OSError as exc:
        raise StopError(f"--output: {output}: {exc.strerror}") from exc
    finally:
        draft.unlink(missing_ok=True)
