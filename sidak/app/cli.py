"""The command line: `sidak …`. Each command calls one function that the DAGs call too."""

from __future__ import annotations

import sys

import typer

from sidak.app.commands import accounts, analysis, care, channels, console, export, keeping, kibana, pipeline
from sidak.app.output import drop_output, say, standard_output
from sidak.errors import SidakError, StopError, UsageError

FAILURE = 1
WRONG_USE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="sidak",
    help="Finds the few public posts that report misconduct or damage, and puts them before an inspector.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
pipeline.register(app)
channels.register(app)
analysis.register(app)
console.register(app)
export.register(app)
care.register(app)
keeping.register(app)
accounts.register(app)
kibana.register(app)


def main() -> None:
    """Run one command and turn every known failure into a message and an exit code; no traceback reaches a user."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong use."""
    code = _run(arguments)
    if sys.stdout is None:  # closed by the caller: a command that needs it has said so
        return code
    try:
        with standard_output():
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return FAILURE
    except StopError as exc:
        drop_output()
        if code == 0:  # else it has been told
            say(f"sidak: {exc}")
        return code or FAILURE
    return code


def _run(arguments: list[str]) -> int:
    try:
        app(args=arguments)
    except SystemExit as exc:  # how typer ends: 0, or 2 after it has told what was wrong
        return exc.code if isinstance(exc.code, int) else 0
    except KeyboardInterrupt:
        say("interrupted; what was stored stays, run it again to go on")
        return INTERRUPTED
    except BrokenPipeError:
        drop_output()
        return FAILURE
    except SidakError as exc:
        say(f"sidak: {exc}")
        return WRONG_USE if isinstance(exc, UsageError) else FAILURE
    except OSError as exc:  # a disk that is full or gone
        say(f"sidak: {f'{exc.filename}: ' if exc.filename else ''}{exc.strerror or exc}")
        return FAILURE
    return 0
