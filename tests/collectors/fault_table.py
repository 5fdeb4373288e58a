"""The table of `collectors/FAULTS.md`: each test of the fault matrix compares its own cell, or writes it.

`make faults` writes what the tests saw; without that a cell that no longer holds fails the test that saw it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from collectors.collect import CollectResult

PATH = Path(__file__).parents[2] / "collectors" / "FAULTS.md"
WRITING = bool(os.environ.get("SIDAK_TEST_WRITE_FAULTS"))
COLUMNS = (
    "x", "reddit", "youtube", "facebook", "instagram", "threads", "whatsapp", "telegram", "bluesky", "mastodon", "news",
)  # fmt: skip
UNSEEN = "?"
_FIRST = "| fault |"


def verdict(result: CollectResult) -> str:
    """What a pass came to, in the table's words."""
    if result.outcome == "retry":
        return "wait" if result.until else "retry"
    return {"ok": "ok", "stopped": "stop"}[result.outcome]


def check_cell(fault: str, source: str, seen: str) -> None:
    """Compare a cell with what was just seen."""
    table = read_table()
    if WRITING:
        table.setdefault(fault, {})[source] = seen
        _write(table)
        return
    told = table.get(fault, {}).get(source, UNSEEN)
    assert told == seen, f"{PATH.name} says {told!r} of {source} under {fault!r}: run `make faults` and read the change"


def read_table() -> dict[str, dict[str, str]]:
    """The rows of the table: fault to source to cell."""
    rows = [line for line in PATH.read_text().splitlines() if line.startswith("| ") and not line.startswith(_FIRST)]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in rows)
    return {name: dict(zip(COLUMNS, row, strict=True)) for name, *row in cells}


def order_rows(faults: Sequence[str]) -> None:
    """Bring the rows into an order, without those of faults that are no more; only while writing."""
    if WRITING:
        table = read_table()
        _write({name: table.get(name, {}) for name in faults})


def _write(table: dict[str, dict[str, str]]) -> None:
    prose = PATH.read_text().partition(_FIRST)[0]
    head = f"{_FIRST} {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}\n"
    lines = (f"| {name} | {' | '.join(row.get(one, UNSEEN) for one in COLUMNS)} |\n" for name, row in table.items())
    PATH.write_text(prose + head + "".join(lines))
