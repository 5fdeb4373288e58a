"""Meta's envelope: entries of changes of messages. What is no message from a citizen is left where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from collectors.verdicts import AnswerError

IGNORED = frozenset({"reaction", "system", "request_welcome"})
"""Kinds of messages that say nothing by themselves."""


def read_envelope(body: bytes) -> tuple[dict[str, Any], ...]:
    """Return the messages of one delivery, each with its contact and the number it was sent to.

    Raises AnswerError for what is no delivery of WhatsApp's. Statuses and the like come to nothing.
    """
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise AnswerError(f"the delivery is no JSON ({type(exc).__name__})") from None
    if not isinstance(envelope, dict) or not isinstance(envelope.get("entry"), list):
        raise AnswerError("the delivery has no entries")
    return tuple(item for value in _values(envelope["entry"]) for item in _messages(value))


def _values(entries: list[Any]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else ():
            value = change.get("value") if isinstance(change, dict) else None
            if isinstance(value, dict) and change.get("field") == "messages":
                yield value


def _messages(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    metadata, contacts, messages = value.get("metadata"), value.get("contacts"), value.get("messages")
    number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    known = [one for one in contacts if isinstance(one, dict)] if isinstance(contacts, list) else []
    for message in messages if isinstance(messages, list) else ():
        kind = message.get("type") if isinstance(message, dict) else None
        if not (isinstance(kind, str) and kind in IGNORED):
            yield {"message": message, "contact": _contact_of(message, known), "number": number}


def _contact_of(message: object, contacts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return who sent it; a delivery may hold the messages of several people."""
    if not isinstance(message, dict):
        return None
    for theirs, ours in (("user_id", "from_user_id"), ("wa_id", "from")):
        named = message.get(ours)
        if named is not None:
            found = next((one for one in contacts if one.get(theirs) == named), None)
            if found is not None:
                return found
    return contacts[0] if len(contacts) == 1 and message.get("from") is None else None
