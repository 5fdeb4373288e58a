"""analyze, group, train, evaluate: the reading alone, without archive or index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from sidak.app.commands.common import existing_folder, open_house, parse_time
from sidak.app.deployment import known_areas
from sidak.app.output import say, write_json
from sidak.app.streams import STANDARD, open_ends
from sidak.errors import UsageError

InputOption = Annotated[Path, typer.Option("--input", help="JSON lines; - for standard input.")]
OutputOption = Annotated[Path, typer.Option("--output", help="JSON lines; - for standard output.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("analyze")(analyze)
    app.command("group")(group)
    app.command("train")(train)
    app.command("evaluate")(evaluate)


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
    known_areas(None if region is None else [region], option="--region")
    from nlp.lines import analyze_stream

    with open_ends(input, output) as (source, sink):
        count = analyze_stream(
            source, sink, region=region, lane=cast("Literal['addressed', 'overheard']", lane), jobs=jobs
        )
    say(f"{count} lines analyzed")


def group(input: InputOption = STANDARD, output: OutputOption = STANDARD) -> None:
    """Group analysed lines into incidents: the same lines with incident.id and incident.link.

    Example: sidak group --input analysed.jsonl --output grouped.jsonl
    """
    from nlp.incidents import group_stream

    with open_ends(input, output) as (source, sink):
        count = group_stream(source, sink)
    say(f"{count} lines grouped")


def train(
    data: Annotated[Path | None, typer.Option(help="Folder of development data.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where the models go; by default into nlp/model.")] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="gate, category or relevance, by default all; or encoder.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Learn no complaint of this day (YYYY-MM-DD) or later, and half of the province's."),
    ] = None,
    from_decisions: Annotated[bool, typer.Option("--from-decisions", help="Learn from this home's ledger.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --from-decisions: measure, keep nothing.")] = False,
) -> None:
    """Train the models from a data folder, or a correction of the report probability from inspectors' decisions.

    Example: sidak train --data texts/dev    or: sidak train --from-decisions
    """
    if (data is None) is not from_decisions:
        raise UsageError("give either --data DIR or --from-decisions")
    if from_decisions:
        _train_from_decisions(adopt=not dry_run)
        return
    from nlp.evaluation.registers import score_registers
    from nlp.model import MODEL_DIR
    from nlp.teaching.train import ENCODER, MODELS
    from nlp.teaching.train import train as train_models

    known = (*MODELS, ENCODER)
    unknown = set(model or ()) - set(known)
    if unknown:
        raise UsageError(f"--model: {', '.join(sorted(unknown))}: there are {', '.join(known)}")
    last = parse_time(until, option="--until")
    found = train_models(
        existing_folder(cast("Path", data), option="--data"),
        output=output or MODEL_DIR,
        models=tuple(model or MODELS),
        until=last.date().isoformat() if last else "",
        on_model=lambda name: say(f"training {name}"),
    )
    write_json(score_registers(found) if found else {})


def _train_from_decisions(*, adopt: bool) -> None:
    from sidak.app.learn import learn_from_decisions

    with open_house() as house:
        learned = learn_from_decisions(house, adopt=adopt)
        path = house.settings.adaptation_path
    say(
        f"{learned.decisions} decided reports, {learned.reports} of them true; log loss of unseen decisions "
        f"{learned.before} before, {learned.after} after (what may be luck: {learned.chance})"
    )
    if not learned.helps:
        say("no gain beyond luck: nothing was kept; the reading stays as it was")
    elif adopt:
        say(f"kept in {path}; the next `sidak enrich` reads the archive anew with it, deleting the file undoes it")


def evaluate(
    data: Annotated[Path, typer.Option(help="Folder of development data.")],
    part: Annotated[list[str] | None, typer.Option(help="What to measure; by default everything.")] = None,
    models: Annotated[
        Path | None, typer.Option(help="Measure what `sidak train --output` wrote, e.g. with --until 2022-09-01.")
    ] = None,
) -> None:
    """Measure the reading on texts that it was not trained on; figures go to standard output as JSON, texts never.

    Example: sidak evaluate --data texts/dev --part relevance --part places
    """
    from nlp.evaluation.evaluate import PARTS
    from nlp.evaluation.evaluate import evaluate as measure
    from nlp.model import use_models

    unknown = set(part or ()) - set(PARTS)
    if unknown:
        raise UsageError(f"--part: {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    folder = existing_folder(data, option="--data")
    if models is not None:
        use_models(existing_folder(models, option="--models"))
    write_json(measure(folder, parts=part or None, on_part=lambda name: say(f"measuring {name}")))
