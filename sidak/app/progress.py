"""How long work tells how far it is: a callback with what is done, what there is, and what it is."""

from __future__ import annotations

from collections.abc import Callable

OnProgress = Callable[[str, int, int], None]
"""Called with a label, the number done and the number in all (0 where unknown)."""


def silent(label: str, done: int, total: int) -> None:
    """Say nothing."""
