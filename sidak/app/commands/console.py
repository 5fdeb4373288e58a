"""search and serve: looking at what was found."""

from __future__ import annotations

from typing import Annotated

import typer

from sidak.app.commands.common import open_house, parse_time
from sidak.app.deployment import known_areas
from sidak.app.searching import find_reports, show_found
from sidak.errors import UsageError

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("search")(search)
    app.command("serve")(serve)


def search(
    query: Annotated[str, typer.Argument(help="Words and fields, as in the console; empty for all.")] = "",
    category: Annotated[list[str] | None, typer.Option(help="A category id; may be repeated.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="An area code, with everything inside it.")] = None,
    since: Annotated[str | None, typer.Option(help="Posted at or after.")] = None,
    until: Annotated[str | None, typer.Option(help="Posted before.")] = None,
    like: Annotated[str | None, typer.Option(help="The id of a report; those like it, best first.")] = None,
    sort: Annotated[str, typer.Option(help="urgent, newest or relevance.")] = "urgent",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each rank by relevance is made of.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print documents as JSON lines.")] = False,
) -> None:
    """Search the index, restricted reports included: whoever runs this has the index itself.

    Words: jalan rusak, "jembatan timbang", "jembatan retak"~5, banjir ATAU genangan, -rob, jemb*, ( ).
    Fields: kategori:banjir, jenis:kerusakan, tempat:batang or tempat:33.25, sumber:x, kanal:ditujukan, status:selesai,
    tinjau:ya, urgensi>=0,7, sejak:2026-11-01, sampai:2026-11, tanggal:2026-11-24.

    Example: sidak search "jalan rusak tempat:batang -status:selesai" --sort relevance --json
    """
    from index.engine import Filters
    from nlp.taxonomy import categories

    unknown = [id for id in category or [] if id not in categories()]
    if unknown:
        raise UsageError(f"--category: {unknown[0]!r} is none of {', '.join(categories())}")
    filters = Filters(
        categories=tuple(category or ()),
        areas=known_areas(place, option="--place"),
        since=parse_time(since, option="--since"),
        until=parse_time(until, option="--until"),
    )
    with open_house() as house:
        house.engine.setup()
        found = find_reports(house.engine, query, filters=filters, like=like, sort=sort, limit=limit)
    show_found(found, explain=explain, as_json=as_json)


def serve(
    host: Annotated[str, typer.Option(help="Beyond loopback only behind TLS.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8080,
) -> None:
    """Serve the inspectors' console.

    Example: sidak serve --port 8080
    """
    from sidak.app.serve import serve_console

    serve_console(host=host, port=port)
