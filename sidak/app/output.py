"""How commands speak: data to standard output, words for people and progress to standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from sidak.app.progress import OnProgress, silent
from sidak.errors import StopError

PLAIN_WIDTH = 160
"""Columns where nobody's terminal says how wide it is."""


def say(message: str) -> None:
    """Tell people something."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def emit(line: str) -> None:
    """Hand out one line of data."""
    with standard_output():
        sys.stdout.write(line + "\n")


def write_json(value: object) -> None:
    """Hand out one JSON value, indented for people who look."""
    emit(json.dumps(value, indent=1, ensure_ascii=False))


@contextmanager
def standard_output() -> Iterator[None]:
    """Write to standard output in here; raises StopError where it takes no more, as on a disk that is full."""
    if sys.stdout is None:  # what Python has in place of a stream that the caller has closed
        raise StopError("standard output: it is closed")
    try:
        yield
    except BrokenPipeError:  # a reader that has seen enough is no fault
        raise
    except OSError as exc:
        raise StopError(f"standard output: {exc.strerror or exc}") from exc


def drop_output() -> None:
    """Let go of what standard output does not take, or the interpreter tries once more when it ends, and complains."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Show people a table."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    _people().print(table, markup=False)


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """Show progress bars while a person is watching, nothing otherwise."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_people()) as progress:
        tasks: dict[str, TaskID] = {}

        def on_progress(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = progress.add_task(label, total=total or None)
            progress.update(tasks[label], completed=done, total=total or None)

        yield on_progress


def _people() -> Console:
    width = None if sys.stderr.isatty() else PLAIN_WIDTH
    return Console(stderr=True, markup=False, highlight=False, width=width)
