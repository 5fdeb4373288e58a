"""Walking a newest-first listing back to where the last walk ended, so that a crash anywhere loses nothing.

A position is a whole number that grows with time (a post's number, or seconds). A walk goes from now down to
`mark - overlap`; the mark moves only when the walk has closed that gap, and each page's state may be kept: who starts
again from it asks below `ceiling` for the rest, then walks anew for what came meanwhile. As long as a post shows up
no later than the overlap after it was made, none is missed: what was not yet visible when a walk began lies above
that walk's top less the overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from collectors.protocol import RawPage


class Walk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one query's listing; 0 stands for never."""

    mark: int = 0
    """Newest position of the last closed walk: everything up to here is stored."""
    covered_at: float = 0.0
    """When the last closed walk began, in seconds since 1970; only to tell gaps."""
    open: bool = False
    floor: int = 0
    """The walk in progress goes down to here (exclusive)."""
    top: int = 0
    ceiling: int = 0
    """Everything of the walk in progress from here up is stored; 0 before its first page."""
    began_at: float = 0.0


WalkOn = Callable[[Walk], Iterator[tuple[RawPage, Walk]]]
"""Asks for one page of a walk after the other, and says with each how far it has come."""


def go_on(walk_on: WalkOn, walk: Walk, *, overlap: int, at: datetime) -> Iterator[RawPage]:
    """Yield the pages that close a walk left open, then those of a new one."""
    if walk.open:
        for page, state in walk_on(walk):
            walk = state
            yield page
    if not walk.open:
        yield from (page for page, _ in walk_on(begin(walk, overlap=overlap, at=at)))


def go_once(walk_on: WalkOn, walk: Walk) -> Iterator[RawPage]:
    """Yield the pages of one stretch, which move no cursor."""
    for page, _ in walk_on(walk):
        yield msgspec.structs.replace(page, cursor=None)


def read_walk(cursor: object) -> Walk:
    """Return the state that a cursor holds; a cursor of another make starts anew, which doubles nothing."""
    try:
        return msgspec.convert(cursor, Walk) if cursor is not None else Walk()
    except msgspec.ValidationError:
        return Walk()


def write_walk(walk: Walk) -> dict[str, Any]:
    """Return the state as a JSON value."""
    state: dict[str, Any] = msgspec.to_builtins(walk)
    return state


def begin(walk: Walk, *, overlap: int, at: datetime) -> Walk:
    """Open a walk down to the mark less the overlap."""
    return Walk(
        mark=walk.mark,
        covered_at=walk.covered_at,
        open=True,
        floor=max(walk.mark - overlap, 0),
        began_at=at.timestamp(),
    )


def advance(walk: Walk, positions: Sequence[int], *, more: bool) -> Walk:
    """Return the state that holds once a page is stored; without `more` the walk is closed."""
    top = max([walk.top, *positions])
    if not more:
        return Walk(mark=max(walk.mark, top), covered_at=walk.began_at)
    lowest = min(positions, default=walk.ceiling)
    ceiling = min(lowest, walk.ceiling) if walk.ceiling else lowest
    return msgspec.structs.replace(walk, top=top, ceiling=ceiling)
