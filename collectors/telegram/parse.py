"""Telegram's messages to posts: pure.

The number of a private chat is the person's own, so identities are keyed digests; names and user names are never read,
but for those of public channels and groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.fields import FieldError, Fields, Part, read_degrees, read_epoch, settle_created_at
from collectors.items import parse_items
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from collectors.telegram.updates import message_of
from sidak.models import Media, PlaceHint, Post, Refs
from sidak.text import clean_text

SOURCE = "telegram"
KNOWN = frozenset(
    {
        "author_signature", "business_connection_id", "direct_messages_topic", "effect_id", "forward_date",
        "forward_from", "forward_from_chat", "forward_sender_name", "has_media_spoiler", "has_protected_content",
        "is_automatic_forward", "is_from_offline", "is_paid_post", "is_topic_message", "link_preview_options",
        "media_group_id", "message_thread_id", "paid_star_count", "quote", "reply_markup", "sender_boost_count",
        "sender_business_bot", "sender_tag", "show_caption_above_media", "via_bot",
    }
)  # fmt: skip
SHOWN_IN_LETTERS = ("date", "edit_date", "text", "caption")
"""What of an unreadable message is kept: nothing that names anybody."""
MEDIA_KINDS: Mapping[str, Any] = {
    "photo": "image", "sticker": "image", "animation": "video", "video": "video", "video_note": "video",
    "audio": "audio", "voice": "audio", "document": "document",
}  # fmt: skip
_NAME = re.compile(r"\w{4,32}", re.ASCII)


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map updates in their order."""

    def parse(item: object) -> tuple[Post, set[str]]:
        kind, message = message_of(item)
        fields = Fields(message)
        post = _parse_message(fields, page, context, channel="channel" in kind)
        return post, fields.unknown(KNOWN)

    set_aside = letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS, data=lambda item: message_of(item)[1])
    return parse_items(page, parse, set_aside)


def _parse_message(message: Fields, page: RawPage, context: ParseContext, *, channel: bool) -> Post:
    chat = message.part("chat")
    chat_id, id = chat.number("id"), message.number("message_id")
    if chat_id is None or id is None:
        raise FieldError("message_id", "or the chat's is missing")
    media, place_hint = _media(message), _place_hint(message)
    raw = message.take("text", "caption")
    if not isinstance(raw, str):
        raw = message.part("poll").text("question") or (place_hint.name if place_hint else None)
    if raw is None and not media and place_hint is None:
        raise FieldError("message", "says nothing that is read")
    text, text_warnings = clean_text(raw or "")
    created_at, date_warnings = settle_created_at(read_epoch(message.take("date")), collected_at=page.fetched_at)
    edited_at = read_epoch(message.take("edit_date"))
    name = _public_name(chat)
    sender = message.part("sender_chat").number("id") or message.part("from").number("id")
    entities = [*message.parts("entities"), *message.parts("caption_entities")]
    forwarded = message.take("forward_origin") is not None
    return Post(
        source=SOURCE,
        native_id=_key(context, chat_id, id),
        kind="post" if channel else "message",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, str(sender) if sender is not None else None),
        author_class="organisation" if channel else "unknown",
        url=f"https://t.me/{name}/{id}" if name else None,
        place_hint=place_hint,
        edited_at=settle_created_at(edited_at, collected_at=page.fetched_at)[0] if edited_at else None,
        revision=str(int(edited_at.timestamp())) if edited_at else None,
        visibility="public" if name else "submitted",
        media=media,
        refs=_refs(message, chat, context, chat_id=chat_id, name=name),
        hashtags=tuple(tag.lstrip("#").lower() for one in entities if (tag := _entity(one, text, "hashtag"))),
        links=tuple(link for one in entities if (link := one.text("url") or _entity(one, text, "url"))),
        queries=(page.query.id,),
        warnings=(*text_warnings, *date_warnings, *(("forwarded",) if forwarded else ())),
    )


def _key(context: ParseContext, chat: int, id: int) -> str:
    return "m" + str(context.pseudonymize(f"{SOURCE}:message", f"{chat}/{id}"))[1:]


def _public_name(chat: Part) -> str | None:
    """Return the name of a public channel or group; a private chat's would be a person's."""
    name = chat.text("username")
    public = chat.text("type") in {"channel", "supergroup"} and name is not None and _NAME.fullmatch(name)
    return name if public else None


def _refs(message: Part, chat: Part, context: ParseContext, *, chat_id: int, name: str | None) -> Refs:
    answered = message.part("reply_to_message").number("message_id")
    private = chat.text("type") == "private"
    keyed = "c" + str(context.pseudonymize(f"{SOURCE}:chat", str(chat_id)))[1:]
    return Refs(
        reply_to=_key(context, chat_id, answered) if answered is not None else None,
        container=f"@{name}" if name else None if private else keyed,
    )


def _media(message: Part) -> tuple[Media, ...]:
    """Return what is attached; a photo comes in several sizes, the largest last."""
    found: list[Media] = []
    for field, kind in MEDIA_KINDS.items():
        thing = message.take(field)
        if isinstance(thing, list):
            thing = thing[-1] if thing else None
        ref = Fields(thing).text("file_unique_id", "file_id") if isinstance(thing, dict) else None
        if ref and not (field == "document" and found):  # an animation comes as a document once more
            found.append(Media(kind=kind, ref=ref))
    return tuple(found)


def _place_hint(message: Part) -> PlaceHint | None:
    venue = message.part("venue")
    point = venue.part("location")
    direct = message.part("location")
    latitude, longitude = (
        read_degrees(direct.take(name) if direct.take(name) is not None else point.take(name), limit=limit)
        for name, limit in (("latitude", 90), ("longitude", 180))
    )
    if latitude is None or longitude is None:
        return None
    words = [word for name in ("title", "address") if (word := venue.text(name))]
    return PlaceHint(name=", ".join(words) or None, lat=latitude, lon=longitude, basis="shared_location")


def _entity(entity: Part, text: str, kind: str) -> str | None:
    """Return the words of an entity; Telegram counts in UTF-16."""
    start, length = entity.number("offset"), entity.number("length")
    if entity.text("type") != kind or start is None or length is None or not 0 <= start <= len(text) * 2:
        return None
    part = text.encode("utf-16-le")[start * 2 : (start + max(length, 0)) * 2]
    return clean_text(part.decode("utf-16-le", "replace")[:1000])[0] or None
