"""Cutting Reddit's listings into pages: `after`, `before`, `limit` and the end at 1,000 items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from collectors.standins.messages import Request
from collectors.standins.reddit_ids import fullname
from collectors.standins.reddit_wire import write_listing, write_thing
from collectors.standins.world import Seen, World


def build_page(request: Request, seen: Iterable[Seen], *, world: World, cap: int) -> dict[str, Any]:
    """One page, newest first: `after` goes on below an item even if it is gone, `before` needs it to stand."""
    newest_first = sorted(seen, key=lambda one: (one.item.created_at, one.item.number), reverse=True)
    live = [one for one in newest_first if one.state == "live"][:cap]
    limit = _limit(request.query)
    before = request.query.get("before")
    if before:
        at = next((index for index, one in enumerate(live) if fullname(one.item) == before), 0)
        page, older = live[max(0, at - limit) : at], True
    else:
        live = _below(live, newest_first, request.query.get("after"))
        page, older = live[:limit], len(live) > limit
    names = [fullname(one.item) for one in page]
    return write_listing(
        [write_thing(one, world=world, raw=is_raw(request)) for one in page],
        after=names[-1] if names and older else None,
        before=names[0] if names and (before or "after" in request.query) else None,
    )


def _below(live: list[Seen], everything: list[Seen], after: str | None) -> list[Seen]:
    """What is older than the item named `after`; nothing at all below an unknown one."""
    if not after:
        return live
    marks = [one.item for one in everything if fullname(one.item) == after]
    if not marks:
        return []
    edge = (marks[0].created_at, marks[0].number)
    return [one for one in live if (one.item.created_at, one.item.number) < edge]


def is_raw(request: Request) -> bool:
    """Whether the client wants texts without HTML escapes."""
    return request.query.get("raw_json") == "1"


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", "25")
    return min(100, max(1, int(text))) if text.isdecimal() else 25
