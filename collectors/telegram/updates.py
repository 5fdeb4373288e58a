"""Reading the envelope of Telegram's updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.verdicts import AnswerError

KINDS = ("message", "edited_message", "channel_post", "edited_channel_post")
SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "forum_topic_created", "forum_topic_edited",
        "forum_topic_closed", "forum_topic_reopened", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
        "video_chat_participants_invited", "write_access_allowed", "boost_added", "chat_background_set",
    }
)  # fmt: skip
"""What happens in a chat without anybody saying anything."""


def read_updates(body: Mapping[str, Any]) -> list[Any]:
    """Return the updates of an answer; raises AnswerError for anything else."""
    updates = body.get("result")
    if body.get("ok") is not True or not isinstance(updates, list):
        raise AnswerError("the answer holds no updates")
    return updates


def read_update_id(update: object) -> int | None:
    """Return an update's number, or None for anything else."""
    number = update.get("update_id") if isinstance(update, dict) else None
    fits = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 53
    return number if fits else None


def message_of(update: object) -> tuple[str, object]:
    """Return what kind of message an update brings, and the message; empty and None for any other update."""
    if isinstance(update, dict):
        for kind in KINDS:
            if update.get(kind) is not None:
                return kind, update[kind]
    return "", None


def speaks(update: object) -> bool:
    """Whether an update is more than a join, a pin and the like."""
    _, message = message_of(update)
    return not (isinstance(message, dict) and SERVICE & message.keys())
