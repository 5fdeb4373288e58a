"""Reading the envelope of X's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from collectors.verdicts import AnswerError
from collectors.x.ids import read_id

GONE_PROBLEMS = frozenset({"resource-not-found", "not-authorized-for-resource"})
"""What X says of posts that were deleted, and of posts whose account is protected or suspended: both must go."""


def read_envelope(response: requests.Response) -> dict[str, Any]:
    """Return the answer's object; raises AnswerError for anything but a page."""
    body = response.json()
    if not isinstance(body, dict):
        raise AnswerError(f"the answer is {type(body).__name__}, not an object")
    if not isinstance(body.get("data") or [], list):
        raise AnswerError("data is no list")
    if "data" not in body and "meta" not in body:
        raise AnswerError("the answer has neither data nor meta")
    return body


def read_lookup(response: requests.Response) -> tuple[list[Any], frozenset[str]]:
    """Return the posts of a lookup, and the numbers of those that are deleted or no longer to be seen."""
    body = response.json()
    if not isinstance(body, dict) or not ("data" in body or "errors" in body):
        raise AnswerError("the answer has neither data nor errors")
    items, errors = body.get("data") or [], body.get("errors") or []
    if not isinstance(items, list) or not isinstance(errors, list):
        raise AnswerError("data or errors are no list")
    gone = (
        error.get("resource_id") or error.get("value")
        for error in errors
        if isinstance(error, dict) and str(error.get("type", "")).rpartition("/")[2] in GONE_PROBLEMS
    )
    return items, frozenset(id for id in gone if isinstance(id, str))


def history_of(item: object) -> list[int]:
    """Return the numbers of all versions of a post, in either spelling."""
    if not isinstance(item, dict):
        return []
    listed = item.get("edit_history_tweet_ids") or item.get("edit_history_post_ids")
    numbers = (read_id(one) for one in listed) if isinstance(listed, list) else ()
    return [number for number in numbers if number is not None]


def next_token(body: Mapping[str, Any]) -> str | None:
    """Return the token of the page below, None at the end."""
    meta = body.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token else None


def positions_in(items: list[Any]) -> list[int]:
    """Return the numbers of those posts that have one."""
    numbers = (read_id(item.get("id")) for item in items if isinstance(item, dict))
    return [number for number in numbers if number is not None]
