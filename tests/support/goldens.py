"""Answers kept in a file: what is new is written, to be looked at, and fails; what differs fails."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest


def check_golden(golden: Path, answer: object) -> None:
    """Compare an answer with the one kept."""
    told = msgspec.json.format(msgspec.json.encode(answer), indent=1).decode() + "\n"
    if not golden.exists():
        golden.write_text(told)
        pytest.fail(f"{golden.name} was written: look at it, then run again")
    assert told == golden.read_text()
