"""What the scenario's writer meant by each post, keyed as the archive knows posts; for tests and the demo's figures."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.standins import reddit_ids, x_ids
from collectors.standins.scenario import Item, Truth


def build_truths(items: Iterable[Item]) -> dict[str, Truth]:
    """Post id (`x:…` by the first version's id, `reddit:t3_…`) to truth; needs the same `end` as the stand-ins had."""
    return {build_post_id(item): item.truth for item in items}


def build_post_id(item: Item) -> str:
    """The id under which a collector stores this item."""
    match item.platform:
        case "x":
            return f"x:{x_ids.post_id(item)}"
        case "reddit":
            return f"reddit:{reddit_ids.fullname(item)}"
        case _:  # their stand-ins make ids of the key alone
            return f"{item.platform}:{item.key}"
