"""Addresses of posts: `at://ACCOUNT/app.bsky.feed.post/KEY`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collectors.fields import read_iso

_ADDRESS = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,512})")


def read_address(value: object) -> tuple[str, str] | None:
    """Return account and key of a post's address, or None for anything else."""
    found = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return (found[1], found[2]) if found else None


def sorted_at(item: object) -> datetime | None:
    """Return where Bluesky sorts a post: when it was made as it claims, but never after it was indexed."""
    if not isinstance(item, Mapping):
        return None
    record: Any = item.get("record")
    return earliest(record.get("createdAt") if isinstance(record, Mapping) else None, item.get("indexedAt"))


def earliest(made: object, indexed: object) -> datetime | None:
    """Return the earlier of two ISO 8601 times, the one that can be read, or None."""
    return min((moment for moment in map(read_iso, (made, indexed)) if moment is not None), default=None)
