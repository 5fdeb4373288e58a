"""X's two spellings of its parameters: `tweet`, which tweepy speaks, and `post`, the specification's since mid-2026."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

Spelling = Literal["tweet", "post"]
NAMES: Mapping[str, str] = {
    "tweet_fields": "post.fields", "place_fields": "place.fields", "media_fields": "media.fields",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
}


def respell(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return parameters as they go over the wire in the spelling of `post`, from those that tweepy takes."""
    return {NAMES.get(name, name): _write(name, value) for name, value in parameters.items()}


def _write(name: str, value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list):
        return ",".join(map(str, value))
    if name == "tweet_fields":
        return ",".join(FIELDS.get(field, field) for field in str(value).split(","))
    return str(value)
