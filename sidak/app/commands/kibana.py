"""kibana: the analysts' views, installed and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sidak.app.commands.common import open_house
from sidak.app.output import say
from sidak.errors import StopError

if TYPE_CHECKING:
    from sidak.settings import Settings

kibana_app = typer.Typer(help="Analysts' views in Kibana, kept as files in this repository.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(kibana_app, name="kibana")


@kibana_app.command("push")
def push() -> None:
    """Install the views in the Kibana of SIDAK_KIBANA__URL; what is there under the same id is replaced.

    Example: SIDAK_KIBANA__URL=https://kibana.example/s/sidak sidak kibana push
    """
    from dashboards.kibana.install import push_views

    with open_house() as house:
        outcome = push_views(house.settings)
    say(f"created: {', '.join(outcome.created) or 'none'}")
    say(f"replaced: {', '.join(outcome.replaced) or 'none'}")
    for id, other in outcome.renamed:
        say(f"{id}: stored as {other}, because another space holds this id")
    if outcome.refused:
        raise StopError("Kibana refused " + "; ".join(f"{each.id}: {each.reason}" for each in outcome.refused))


@kibana_app.command("check")
def check() -> None:
    """Check the views against the mapping, and against the server where SIDAK_INDEX is elasticsearch.

    Exits 1 naming view and field. Example: sidak kibana check
    """
    from dashboards.kibana.install import check_views

    with open_house() as house:
        checked = check_views(house.settings)
        against = _against(house.settings)
    for note in checked.notes:
        say(note)
    if checked.misfits:
        raise StopError("views that would not work:\n" + "\n".join(f"  {misfit}" for misfit in checked.misfits))
    say(f"every view fits {against}")


def _against(settings: Settings) -> str:
    if settings.index == "elasticsearch":
        return "the mapping, and the server answers each panel's search"
    return "the mapping; no server was asked (SIDAK_INDEX is sqlite)"
