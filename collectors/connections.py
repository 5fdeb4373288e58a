"""Connections end with the pass that opened them, not whenever the collector of garbage comes by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_closers: ContextVar[list[Callable[[], object]] | None] = ContextVar("closers", default=None)


@contextmanager
def closed_at_the_end() -> Iterator[None]:
    """Close at the end whatever `close_later` was told of meanwhile."""
    closers: list[Callable[[], object]] = []
    token = _closers.set(closers)
    try:
        yield
    finally:
        _closers.reset(token)
        for close in closers:
            close()


def close_later(close: Callable[[], object]) -> None:
    """Hand over how a connection is closed; outside of a pass whoever opened it closes it."""
    closers = _closers.get()
    if closers is not None:
        closers.append(close)
