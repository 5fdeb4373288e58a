"""A feed's bytes to entries, by feedparser: plain values of few fields, whatever the feed holds."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import feedparser

from collectors.verdicts import AnswerError

MAX_ENTRIES = 500
MAX_FIELD_CHARS = 20_000
ENDS = (b"</rss", b"</feed", b"</rdf")
FIELDS = ("id", "link", "title", "summary", "published", "updated")


def read_feed(content: bytes, *, content_type: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return entries and what holds for all of them; raises AnswerError for what is no feed or declares entities."""
    if b"<!ENTITY" in content.replace(b"\0", b"").upper():
        raise AnswerError("the feed declares entities of its own")
    # A stream, never a string: feedparser would take one for an address or the name of a file.
    found = feedparser.parse(io.BytesIO(content), response_headers={"content-type": content_type})
    if not found.get("version") or not isinstance(found.get("entries"), list):
        raise AnswerError("the answer is no feed")
    if found.get("bozo") and not found.entries:
        raise AnswerError("the feed is broken off")
    cut = not any(end in content.replace(b"\0", b"")[-400:].lower() for end in ENDS)
    whole = found.entries[:-1] if cut else found.entries  # the last one may have lost its end
    common = {"language": _text(found.feed, "language"), "broken": cut or bool(found.get("bozo"))}
    return [_read_entry(entry) for entry in whole[:MAX_ENTRIES]], common


def key_of(entry: Mapping[str, Any]) -> str:
    """Return what tells an entry from others of its feed."""
    named = str(entry.get("id") or entry.get("link") or entry.get("title"))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def mark_of(entry: Mapping[str, Any]) -> str:
    """Return what changes when an entry does."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()[:16]


def _read_entry(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - feedparser ships no types
    read = {name: _text(entry, name) for name in FIELDS}
    contents = entry.get("content")
    if isinstance(contents, list) and contents:
        read["content"] = _text(contents[0], "value")
    return read


def _text(thing: Any, name: str) -> str | None:  # noqa: ANN401 - feedparser ships no types
    value = dict.get(thing, name)  # its own `get` puts one date in the place of another
    if not isinstance(value, str) or not value.strip():
        return None
    return value[:MAX_FIELD_CHARS].encode("utf-8", "replace").decode()
