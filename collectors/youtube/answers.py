"""Reading the envelopes of YouTube's answers; any JSON gives items or an AnswerError."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from collectors.fields import read_iso
from collectors.verdicts import AnswerError


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list, and the token of the page below it."""

    items: list[Any]
    token: str | None


def read_listing(body: object) -> Listing:
    """Return a page; raises AnswerError for anything else (the library returns broken JSON as text)."""
    if not isinstance(body, dict):
        raise AnswerError(f"the answer is {type(body).__name__}, not an object")
    items = body.get("items", [] if str(body.get("kind", "")).startswith("youtube#") else None)
    if not isinstance(items, list):
        raise AnswerError("the answer has no items")
    token = body.get("nextPageToken")
    return Listing(items=items, token=token if isinstance(token, str) and token else None)


def part_of(item: object, *names: str) -> Mapping[str, Any]:
    """Return an object inside an item, an empty one where there is none."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else None
    return item if isinstance(item, dict) else {}


def video_ids(items: list[Any]) -> list[str]:
    """Return the videos that a playlist's or a search's items name, in order."""
    found = (
        part_of(item, "contentDetails").get("videoId")
        or part_of(item, "snippet", "resourceId").get("videoId")
        or part_of(item, "id").get("videoId")
        for item in items
    )
    return list(dict.fromkeys(id for id in found if isinstance(id, str) and id))


def published_at(item: object) -> datetime | None:
    """Return when an item, or the top comment of a thread, was posted."""
    snippet = part_of(item, "snippet", "topLevelComment", "snippet") or part_of(item, "snippet")
    return read_iso(snippet.get("publishedAt"))


def flatten_thread(thread: object) -> list[Any]:
    """Return the comments of a thread; one that is none stays as it is, to be set aside."""
    top = part_of(thread, "snippet", "topLevelComment")
    if not top:
        return [thread]
    replies = part_of(thread, "replies").get("comments")
    return [top, *(replies if isinstance(replies, list) else ())]


def hidden_replies(thread: object) -> str | None:
    """Return the id of a thread that has more replies than it shows."""
    total = part_of(thread, "snippet").get("totalReplyCount")
    shown = part_of(thread, "replies").get("comments")
    id = thread.get("id") if isinstance(thread, dict) else None
    more = isinstance(total, int) and total > (len(shown) if isinstance(shown, list) else 0)
    return id if more and isinstance(id, str) and id else None
