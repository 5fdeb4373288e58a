"""search and serve: looking at what was found."""

from __future__ import annotations

from typing import Annotated, cast, get_args

import msgspec
import typer

from sidak.app.commands.common import open_house, parse_time
from sidak.app.output import emit, say, show_table
from sidak.errors import UsageError

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("search")(search)
    app.command("serve")(serve)


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", OR, -not, prefix*; empty for all.')] = "",
    category: Annotated[list[str] | None, typer.Option(help="A category id; may be repeated.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="An area code, with everything inside it.")] = None,
    since: Annotated[str | None, typer.Option(help="Posted at or after.")] = None,
    until: Annotated[str | None, typer.Option(help="Posted before.")] = None,
    sort: Annotated[str, typer.Option(help="urgent, newest or relevance.")] = "urgent",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print documents as JSON lines.")] = False,
) -> None:
    """Search the index, restricted reports included: whoever runs this has the index itself.

    Example: sidak search "jalan rusak" --place 33.25 --since 2026-11-01 --json
    """
    from index.engine import Filters, SearchQuery, Sort
    from index.parse_query import parse_query
    from nlp.taxonomy import categories

    unknown = [id for id in category or [] if id not in categories()]
    if unknown:
        raise UsageError(f"--category: {unknown[0]!r} is none of {', '.join(categories())}")
    if sort not in get_args(Sort):
        raise UsageError(f"--sort: {sort!r} is none of {', '.join(get_args(Sort))}")
    filters = Filters(
        categories=tuple(category or ()),
        areas=tuple(place or ()),
        since=parse_time(since, option="--since"),
        until=parse_time(until, option="--until"),
    )
    with open_house() as house:
        house.engine.setup()
        page = house.engine.search(
            SearchQuery(
                include_restricted=True,
                expression=parse_query(query),
                filters=filters,
                sort=cast("Sort", sort),
                limit=limit,
            )
        )
    if as_json:
        for hit in page.hits:
            emit(msgspec.json.encode(hit).decode())
        say(f"{len(page.hits)} of {page.total} reports as of {page.as_of:%Y-%m-%d %H:%M} UTC")
        return
    rows = [
        (
            hit.id,
            hit.category or "(review)",
            hit.area_name or "",
            f"{hit.urgency:.2f}",
            hit.created_at.date(),
            hit.text[:160],
        )
        for hit in page.hits
    ]
    show_table(
        f"{len(page.hits)} of {page.total} reports as of {page.as_of:%Y-%m-%d %H:%M} UTC",
        ("id", "category", "area", "urgency", "posted", "text"),
        rows,
    )


def serve(
    host: Annotated[str, typer.Option(help="Beyond loopback only behind TLS.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8080,
) -> None:
    """Serve the inspectors' console.

    Example: sidak serve --port 8080
    """
    from sidak.app.serve import serve_console

    serve_console(host=host, port=port)
