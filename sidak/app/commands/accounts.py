"""user: the console's accounts, made from the command line only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sidak.app.commands.common import open_house
from sidak.app.output import say, show_table
from sidak.errors import UsageError

if TYPE_CHECKING:
    from dashboards.console.accounts import Accounts

accounts_app = typer.Typer(help="Accounts of the console.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="2 to 64 of a-z, 0-9, dot, dash, underscore.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(accounts_app, name="user")


@accounts_app.command("add")
def add(name: Name, role: Annotated[str, typer.Option(help="inspektorat, gubernur or analis.")]) -> None:
    """Create an account; the password is asked for, or read from standard input.

    Example: sidak user add ratna --role inspektorat
    """
    with _accounts() as accounts:
        account = accounts.add_account(name, role, _read_password())
    say(f"{account.username} may sign in as {account.role}")


@accounts_app.command("password")
def password(name: Name) -> None:
    """Replace a password and end every session of the account.

    Example: sidak user password ratna
    """
    with _accounts() as accounts:
        accounts.set_password(name, _read_password())
    say(f"{name}: the password is new and every session has ended")


@accounts_app.command("disable")
def disable(name: Name) -> None:
    """Close an account and end its sessions.

    Example: sidak user disable ratna
    """
    with _accounts() as accounts:
        accounts.disable(name)
    say(f"{name} can no longer sign in")


@accounts_app.command("list")
def list_all() -> None:
    """List all accounts.

    Example: sidak user list
    """
    with _accounts() as accounts:
        rows = [(a.username, a.role, "disabled" if a.disabled else "", a.created_at.date()) for a in accounts.list()]
    show_table("Accounts", ("name", "role", "", "since"), rows)


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from dashboards.console.build import open_accounts

    with open_house() as house:
        yield open_accounts(house.settings, clock=house.clock)


def _read_password() -> str:
    """Ask twice where a person types; else take the first line of standard input."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\n")
        if not given:
            raise UsageError("no password on standard input")
        return given
    given = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return str(given)
