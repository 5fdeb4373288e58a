"""backup and restore: what must never be lost, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sidak.app.commands.common import existing_file, open_house
from sidak.app.output import say


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")]) -> None:
    """Save archive, keys and ledger into one file, while collecting goes on; it holds personal data and secrets.

    Example: sidak backup /backup/sidak-2026-11-26.tar
    """
    from sidak.app.backup import save

    with open_house() as house:
        note = save(house, file)
        elsewhere = house.settings.ledger_url is not None
    say(f"saved {note.segments} segments ({note.records} records) and {note.ledger.sequence} decisions' head: {file}")
    if elsewhere:
        say("the ledger itself is in a database of its own: save it with pg_dump, after this")


def restore(file: Annotated[Path, typer.Argument(help="A file that `sidak backup` wrote.")]) -> None:
    """Fill an empty home from a backup and prove it whole; then run `sidak reindex` and `sidak audit`.

    Example: SIDAK_HOME=/srv/sidak-new sidak restore /backup/sidak-2026-11-26.tar
    """
    from sidak.app.backup import restore as restore_home

    with open_house() as house:
        note = restore_home(house, existing_file(file, option="FILE"))
    say(f"restored {note.segments} segments ({note.records} records) as of {note.made_at:%Y-%m-%d %H:%M} UTC")
    say("what was forgotten since then is back: forget it again, then run `sidak reindex` and `sidak audit`")
